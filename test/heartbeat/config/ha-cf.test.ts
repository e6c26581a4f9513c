import t from 'tap';
import { readHaCf } from '../../../lib/heartbeat/config/ha-cf.ts';

const FILE = '/etc/ha.d/ha.cf';
const read = (text: string, ownName = 'LB1') => readHaCf(text, FILE, ownName);
/** The least there must be. */
const BASE = 'node lb1 lb2\nbcast eth0\nauto_failback on\n';

t.test('a config of two nodes', async (t) => {
  const { config, findings } = read(`
    logfile /var/log/ha-log
    bcast eth0
    keepalive 2
    warntime 5
    deadtime 10
    initdead 20   # networks take their time
    udpport 694
    auto_failback yes
    node LB1
    node lb2
    uuidfrom nodename
    respawn hacluster /usr/lib/heartbeat/ipfail
  `);
  t.same(findings, []);
  t.match(config, {
    nodes: ['lb1', 'lb2'],
    media: [{ kind: 'bcast', device: 'eth0', port: 694 }],
    keepaliveMs: 2000,
    warntimeMs: 5000,
    deadtimeMs: 10_000,
    initdeadMs: 20_000,
    deadpingMs: 10_000,
    autoFailback: 'on',
    uuidFrom: 'nodename',
    respawns: [{ user: 'hacluster', command: ['/usr/lib/heartbeat/ipfail'], line: 13 }],
    logfile: '/var/log/ha-log',
  });
});

t.test('what is not said', async (t) => {
  t.match(read(BASE).config, {
    keepaliveMs: 1000,
    deadtimeMs: 30_000,
    warntimeMs: 15_000,
    initdeadMs: 30_000,
    deadpingMs: 30_000,
    uuidFrom: 'file',
    generationFrom: 'file',
    form: 'classic',
    hopfudge: 1,
    realtime: true,
    rtprio: 1,
    maxRexmitDelayMs: 250,
  });
  const initdead = (deadtime: string) =>
    read(`${BASE}deadtime ${deadtime}`).config?.initdeadMs;
  t.same(['5', '6', '10', '11'].map(initdead), [12_000, 12_000, 20_000, 11_000]);
});

t.test('times', async (t) => {
  const keepalive = (word: string) =>
    read(`${BASE}keepalive ${word}`).config?.keepaliveMs;
  t.same(
    ['2', '0.5', '.25', '1.', '100ms', '250000us'].map(keepalive),
    [2000, 500, 250, 1000, 100, 250],
  );
  for (const word of ['2s', '0', '-1', 'x', '1e3', ''])
    t.equal(keepalive(word), undefined, word);
});

t.test('media: udpport counts from its line on', async (t) => {
  const { config, findings } = read(
    'node lb1 lb2\nauto_failback off\nbcast eth0,eth1\nudpport 695\nucast eth0 10.1.1.22\nmcast eth0 239.0.0.1 696 1 0\n',
  );
  t.same(config?.media, [
    { kind: 'bcast', device: 'eth0', port: 694 },
    { kind: 'bcast', device: 'eth1', port: 694 },
    { kind: 'ucast', device: 'eth0', peer: '10.1.1.22', port: 695 },
    {
      kind: 'mcast',
      device: 'eth0',
      group: '239.0.0.1',
      port: 696,
      ttl: 1,
      loop: false,
    },
  ]);
  t.match(findings, [{ line: 4, severity: 'warning' }]);
});

t.test('a comma belongs to the words of respawn', async (t) => {
  const { config } = read(`${BASE}respawn root /bin/x a,b -o c,d\n`);
  t.same(config?.respawns[0]?.command, ['/bin/x', 'a,b', '-o', 'c,d']);
});

t.test('facilities are those of syslog, however they are written', async (t) => {
  for (const word of ['local0', 'LOG_LOCAL0', 'daemon', 'none'])
    t.equal(read(`${BASE}logfacility ${word}\n`).config?.logfacility, word);
});

t.test(
  'what Heartbeat knows and has no meaning here is said, and no more',
  async (t) => {
    const { config, findings } = read(
      `${BASE}coredumps true\nbaud 19200\nstonith_host * x y\n`,
    );
    t.ok(config);
    t.match(
      findings,
      [4, 5, 6].map((line) => ({ line, severity: 'warning' })),
    );
  },
);

t.test(
  'a node is not pinged: its host may answer where the node does not',
  async (t) => {
    for (const text of [
      `${BASE}ping 10.1.1.1 LB2`,
      `\nping_group routers 10.1.1.1\nping_group lb2 10.1.1.2\n${BASE}`,
    ]) {
      const { config, findings } = read(text);
      t.match(config?.pings, [{ hosts: ['10.1.1.1'] }]);
      t.equal(config?.pings.length, 1);
      t.match(findings, [
        { line: 4, severity: 'warning', message: /"(LB2|lb2)" is a node, and is not/ },
      ]);
      t.equal(findings.length, 1);
    }
  },
);

t.test('how it is scheduled', async (t) => {
  const { config, findings } = read(`${BASE}realtime off\nrtprio 5\n`);
  t.match(config, { realtime: false, rtprio: 5 });
  t.strictSame(findings, []);
});

for (const [text, line, message] of [
  [`${BASE}rtprio 0`, 4, 'expected a whole number from 1 to 99'],
  [`${BASE}realtime perhaps`, 4, 'perhaps'],
  [`${BASE}keepaliv 2`, 4, '"keepaliv" is no directive of ha.cf'],
  [`${BASE}constructor 2`, 4, '"constructor" is no directive'],
  [`${BASE}keepalive`, 4, 'expected keepalive TIME'],
  [`${BASE}keepalive 2s`, 4, 'keepalive: "2s": expected seconds, such as 2 or 0.5'],
  [`${BASE}udpport 0`, 4, 'expected a whole number from 1 to 65535'],
  [`${BASE}auto_failback maybe`, 4, 'expected on, off or legacy'],
  [`${BASE}nice_failback on`, 4, 'obsolete'],
  [`${BASE}crm yes`, 4, 'OCF agent'],
  [`${BASE}ucast eth0`, 4, 'ucast eth0 10.1.1.22'],
  [`${BASE}mcast eth0 10.0.0.1 694 1 0`, 4, 'mcast eth0 239.0.0.1 694 1 0'],
  [`${BASE}respawn hacluster ipfail`, 4, 'a program with its path'],
  [`${BASE}node lb1`, 4, 'is there already'],
  [`${BASE}deadtime 2`, 4, 'deadtime of 2000 ms: expected more than two keepalives'],
  [`${BASE}deadping 2`, 4, 'deadping of 2000 ms: expected more'],
  [`${BASE}keepalive 20`, 4, 'deadtime of 30000 ms: expected more'],
  [`${BASE}logfacility bogus`, 4, 'expected none, or a facility of syslog'],
  [`${BASE}ucast eth0 10.1.1.300`, 4, 'the address or name of the other node'],
  [`${BASE}ucast eth0 -lb2`, 4, 'the address or name of the other node'],
  [`${BASE}mcast6 eth0 ff12::1 694 1 0`, 4, 'is not done here: use mcast, or ucast'],
  [`${BASE}initdead 10`, 4, 'initdead of 10000 ms: expected deadtime'],
  ['node lb1\nauto_failback on\n', 0, 'cannot hear each other'],
  [
    'node lb2 lb3\nbcast eth0\nauto_failback on\n',
    1,
    'this host, lb1, is none of the nodes',
  ],
] as const)
  t.test(`refused: ${JSON.stringify(text.split('\n').at(-1) || text)}`, async (t) => {
    const { config, findings } = read(text);
    t.equal(config, undefined);
    t.match(findings, [{ file: FILE, line, severity: 'error' }]);
    t.ok(findings[0]?.message.includes(message), message);
  });
