import t from 'tap';
import { formatTable } from '../../lib/cli/show-table.ts';
import type { AgentStatus } from '../../lib/model/status.ts';
import {
  agentStatus,
  nameStatus,
  peerStatus,
  realStatus,
  serviceStatus,
  statusDocument,
} from '../support/status.ts';
import { COLOUR_CODES, CONTROLS } from '../support/terminal.ts';

const now = Date.parse('2026-11-23T20:30:10.000Z');
const wide = { colour: false, width: undefined, now };

const check = {
  type: 'negotiate',
  service: 'http',
  up: false,
  at: '2026-11-23T20:00:00.000Z',
  durationMs: 12.4,
  made: 'negotiate',
  message: 'connect ECONNREFUSED 10.1.1.22:80',
  ...{ failures: 2, successes: 0, rise: 1 },
  totals: { up: 5, down: 2, seconds: 0.1 },
  certificate: null,
} as const;

const mixed = statusDocument({
  services: [
    serviceStatus({
      persistent: 300,
      netmask: '255.255.255.0',
      persistenceEntries: 7,
      reals: [
        realStatus(),
        realStatus({
          ...{ id: '10.1.1.22:80', weight: 0, configuredWeight: 10 },
          ...{ state: 'drain', since: '2026-11-23T20:30:05.000Z', check },
          ...{ totalConnections: 12_345, bytesIn: 950 },
        }),
        realStatus({
          ...{ id: 'fallback:127.0.0.1:80', address: '127.0.0.1', method: 'gate' },
          ...{ fallback: true, check: null, inForce: false, weight: 0 },
        }),
      ],
    }),
    serviceStatus({
      ...{ id: 'fwm:5', address: null, port: null, fwmark: 5, protocol: 'fwm' },
      ...{ state: 'failed', reals: [], refusedConnections: 0, retries: 0 },
      problem: 'the net engine cannot carry a firewall mark',
    }),
  ],
});

t.test('columns align over all services', async (t) => {
  t.equal(
    formatTable(mixed, wide),
    `l4director 0.1.0, pid 4711, up 1d 2h, /etc/ha.d/ldirectord.cf

  REAL SERVER              METHOD  WEIGHT  STATE     SINCE  ACTIVE  INACTIVE  TOTAL      IN    OUT  CHECK

tcp:10.1.1.19:80  rr  persistent 300 s/255.255.255.0 (7 clients)  net  UP  1204 accepted  3 refused  2 retried
  10.1.1.21:80             masq         1  up       2h 30m       3         1    602  1.2 MB  33 MB  negotiate http 3 ms: 200 OK
  10.1.1.22:80             masq      0/10  drain        5s       3         1  12345   950 B  33 MB  negotiate http 12 ms: connect ECONNREFUSED 10.1.1.22:80 (2 failed in a row)
  127.0.0.1:80 (fallback)  gate       0/1  standby  2h 30m       3         1    602  1.2 MB  33 MB  -

fwm:5  rr  net  FAILED  1204 accepted
  ! the net engine cannot carry a firewall mark
`,
  );
});

t.test('colour adds codes and moves nothing', async (t) => {
  const coloured = formatTable(mixed, { ...wide, colour: true });
  t.match(coloured, COLOUR_CODES);
  t.equal(coloured.replace(COLOUR_CODES, ''), formatTable(mixed, wide));
  t.match(coloured, '\u001b[33mdrain  \u001b[0m');
  t.match(coloured, '\u001b[31mFAILED\u001b[0m');
});

t.test('on a terminal a row fits into its width', async (t) => {
  const rows = formatTable(mixed, { ...wide, width: 120 })
    .split('\n')
    .filter((line) => line.startsWith('  10.'));
  t.equal(rows.length, 2);
  t.ok(rows.every((row) => [...row].length <= 120));
  t.match(rows[1], /negotiate http.*…$/);
});

t.test('what an agent holds stands before the check’s result', async (t) => {
  const said = (agent: AgentStatus | null) => {
    const reals = [realStatus({ agent, check: null })];
    const document = statusDocument({ services: [serviceStatus({ reals })] });
    const line = formatTable(document, wide).match(/^ {2}10\..*$/m)?.[0] ?? '';
    return line.split(/ {2,}/).at(-1);
  };
  t.equal(said(agentStatus()), 'agent: 50%');
  t.equal(said(agentStatus({ state: 'drain', percent: null })), 'agent: drain');
  t.equal(said(agentStatus({ down: 'fail (x)' })), 'agent: 50%, fail (x)');
  t.equal(said(agentStatus({ percent: null })), '-');
  const problem = 'read ECONNRESET';
  t.equal(said(agentStatus({ problem })), `agent: 50% (silent: ${problem})`);
  t.equal(said(null), '-');
});

t.test('a refused file is said on top, line by line', async (t) => {
  const document = statusDocument({ configError: 'x.cf:1: bad\nx.cf:2: worse' });
  const [head, blank, loud, first, second] = formatTable(document, wide).split('\n');
  t.match(head, 'l4director');
  t.equal(blank, '');
  t.match(loud, /^CONFIG ERROR/);
  t.equal(first, '  x.cf:1: bad');
  t.equal(second, '  x.cf:2: worse');
});

t.test('trouble with mail and hooks is said on top', async (t) => {
  const problem = 'mail.example.com: 450 \u001b[2J';
  const mail = { sent: 1, failed: 9, dropped: 2, pending: 3, problem };
  const [head, trouble] = formatTable(statusDocument({ mail }), wide).split('\n');
  t.match(head, 'l4director');
  t.match(trouble, /^MAIL: 3 waiting, 2 dropped: mail\.example\.com: 450 \P{Cc}*$/u);
  const hooks = { webhooks: mail, alertCommands: { ...mail, dropped: 0 } };
  const [, webhook, command] = formatTable(statusDocument(hooks), wide).split('\n');
  t.match(webhook, /^WEBHOOK: 3 waiting, 2 dropped: mail\.example\.com: 450 \P{Cc}*$/u);
  t.match(command, /^COMMAND: 3 waiting: mail\.example\.com: 450 \P{Cc}*$/u);
});

t.test('nothing that a real server says drives the terminal', async (t) => {
  const message = 'A\u001b[2J\u0007\r\nB\u009b31m\u202eC\u2028\tD\u007f\ud800é日';
  const reals = [realStatus({ check: { ...check, message } })];
  const document = statusDocument({ services: [serviceStatus({ reals })] });
  const table = formatTable(document, wide);
  t.notMatch(table, CONTROLS);
  t.match(
    table,
    'A\\u001b[2J\\u0007\\r\\nB\\u009b31m\\u202eC\\u2028\\tD\\u007f\\ud800é日',
  );
  t.equal(table.trimEnd().split('\n').length, 6, 'it stays on its line');
});

t.test('an engine that was chosen says why, one that was named does not', async (t) => {
  const line = (fields: Parameters<typeof serviceStatus>[0]) => {
    const services = [serviceStatus({ reals: [], ...fields })];
    return formatTable(statusDocument({ services }), wide).split('\n').slice(5, 6);
  };
  t.strictSame(line({}), ['']);
  t.strictSame(line({ engine: 'nftables', engineReason: 'engine = nftables' }), ['']);
  t.strictSame(line({ engineReason: 'auto: no nft here' }), [
    '  net: auto: no nft here',
  ]);
  const engineReason = 'on its way to nftables (engine = nftables)';
  t.strictSame(line({ engineReason }), [`  net: ${engineReason}`]);
  t.notMatch(line({ engineReason: 'auto: \u001b[2J' })[0], CONTROLS);
});

t.test('an empty configuration says so', async (t) => {
  t.match(
    formatTable(statusDocument({ services: [] }), wide),
    'no virtual service is configured',
  );
});

t.test('names stand below the services, with what is wrong', async (t) => {
  const names = [
    nameStatus(),
    nameStatus({
      type: 'SRV',
      missing: [],
      nextSeconds: 0,
      problem: 'SERVFAIL\u001b[2J',
    }),
  ];
  const text = formatTable(statusDocument({ names }), wide);
  t.match(
    text,
    /\n\nname www\.example\.com A: 2 addresses, 1 not named any more, asked again in 12s\nname www\.example\.com SRV: 2 targets, being asked: SERVFAIL\\u001b\[2J\n$/,
  );
});

t.test('so do peers', async (t) => {
  const problem = 'connect ECONNREFUSED\u001b[2J';
  const lost = { connected: false, heard: false, behind: 3, problem };
  const peers = [peerStatus(), peerStatus({ peer: '10.1.1.4:7400', ...lost })];
  const text = formatTable(statusDocument({ peers }), wide);
  t.match(
    text,
    /\n\npeer 10\.1\.1\.3:7400: connected, 1841 entries sent, 17 received\npeer 10\.1\.1\.4:7400: not connected, not heard, 1841 entries sent, 17 received, 3 on their way: connect ECONNREFUSED\\u001b\[2J\n$/,
  );
});
