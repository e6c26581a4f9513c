import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { checkState } from '../../lib/control/haproxy/check-status.ts';
import { haproxyFamilies } from '../../lib/control/haproxy/families.ts';
import { formatFamilies } from '../../lib/control/prometheus.ts';
import type { CheckStatus } from '../../lib/model/status.ts';
import { ask, openControl } from '../support/control.ts';
import { lab } from '../support/lab.ts';
import { freePort, until } from '../support/site.ts';
import { realStatus, serviceStatus, statusDocument } from '../support/status.ts';

const NOW = Date.parse('2026-11-23T20:00:00.000Z');

function text(): string {
  return formatFamilies(haproxyFamilies(statusDocument(), NOW), 'haproxy_');
}

/** `haproxy_server_status gauge proxy server state`, one a name. */
function shapes(metrics: string): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  const found = new Map<string, string>();
  for (const line of metrics.split('\n')) {
    const [, , named = '', type = ''] = line.split(' ');
    if (line.startsWith('# TYPE')) types.set(named, type);
    const [, name = '', labels = ''] = /^(haproxy_\w+)(\{.*\})? /.exec(line) ?? [];
    const keys = [...labels.matchAll(/(\w+)="/g)].map(([, key]) => key).join(' ');
    if (name) found.set(name, `${types.get(name)} ${keys}`);
  }
  return found;
}

/** The words that `state` may have in a family. */
function states(metrics: string, name: string): readonly string[] {
  const found = metrics.matchAll(new RegExp(`^${name}\\{.*state="(\\w+)"`, 'gm'));
  return [...new Set([...found].map(([, state = '']) => state))].sort();
}

async function haproxyMetrics(t: import('tap').Test): Promise<string> {
  const port = await freePort();
  const file = join(t.testdir(), 'h.cfg');
  writeFileSync(
    file,
    `defaults
  timeout connect 1s
  timeout client 1s
  timeout server 1s
listen web
  mode tcp
  bind 127.0.0.1:${await freePort()}
  server one 127.0.0.1:${await freePort()} check inter 100
frontend metrics
  mode http
  bind 127.0.0.1:${port}
  http-request use-service prometheus-exporter if { path /metrics }
`,
  );
  const haproxy = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' });
  t.teardown(() => haproxy.kill('SIGKILL'));
  let metrics = '';
  await until(async () => {
    const reply = await fetch(`http://127.0.0.1:${port}/metrics`).catch(
      () => undefined,
    );
    metrics = (await reply?.text()) ?? '';
    return metrics.includes('haproxy_server_check_status{');
  }, "HAProxy's exporter");
  return metrics;
}

t.test(
  'names, types, labels and states are those of HAProxy',
  lab('haproxy'),
  async (t) => {
    const theirs = await haproxyMetrics(t);
    const known = shapes(theirs);
    for (const [name, shape] of shapes(text())) t.equal(shape, known.get(name), name);
    for (const name of [
      'haproxy_frontend_status',
      'haproxy_backend_status',
      'haproxy_backend_agg_server_status',
      'haproxy_server_status',
      'haproxy_server_check_status',
    ])
      t.same(states(text(), name), states(theirs, name), name);
  },
);

t.test('they tell what the status says', async (t) => {
  const lines = text().split('\n');
  const proxy = '{proxy="tcp:10.1.1.19:80"}';
  const server = '{proxy="tcp:10.1.1.19:80",server="10.1.1.21:80"}';
  const state = (word: string) => `${server.slice(0, -1)},state="${word}"}`;
  for (const line of [
    'haproxy_process_connections_total 1204',
    `haproxy_frontend_sessions_total${proxy} 1204`,
    `haproxy_frontend_current_sessions${proxy} 8`,
    `haproxy_backend_sessions_total${proxy} 1204`,
    `haproxy_backend_redispatch_warnings_total${proxy} 2`,
    `haproxy_backend_active_servers${proxy} 2`,
    `haproxy_backend_status{proxy="tcp:10.1.1.19:80",state="UP"} 1`,
    `haproxy_backend_agg_server_status{proxy="tcp:10.1.1.19:80",state="UP"} 2`,
    `haproxy_server_current_sessions${server} 4`,
    `haproxy_server_bytes_out_total${server} 33000000`,
    `haproxy_server_status${state('UP')} 1`,
    `haproxy_server_status${state('DOWN')} 0`,
    `haproxy_server_check_status${state('L7OK')} 1`,
    `haproxy_server_check_failures_total${server} 7`,
    `haproxy_server_check_up_down_total${server} 2`,
    `haproxy_server_check_last_change_seconds${server} 7200`,
    `haproxy_server_downtime_seconds_total${server} 61`,
    `haproxy_server_check_duration_seconds${server} 0.003`,
  ])
    t.ok(lines.includes(line), line);
});

t.test('a server is called what HAProxy would call it', async (t) => {
  const word = (
    state: 'starting' | 'up' | 'down' | 'drain' | 'maintenance' | 'unchecked',
  ) => {
    const services = [serviceStatus({ reals: [realStatus({ state })] })];
    const families = haproxyFamilies(statusDocument({ services }), NOW);
    const all = families.find(({ name }) => name === 'server_status')?.samples ?? [];
    return /state="(\w+)"/.exec(
      all.find(({ value }) => value === 1)?.labels ?? '',
    )?.[1];
  };
  t.equal(word('starting'), 'DOWN');
  t.equal(word('up'), 'UP');
  t.equal(word('down'), 'DOWN');
  t.equal(word('drain'), 'DRAIN');
  t.equal(word('maintenance'), 'MAINT');
  t.equal(word('unchecked'), 'UP');
});

t.test('the last check has its word', async (t) => {
  const { check } = realStatus();
  if (!check) throw new Error('it has one');
  const cases: readonly [Partial<CheckStatus>, string | undefined][] = [
    [{ made: 'negotiate' }, 'L7OK'],
    [{ made: 'negotiate', up: false, message: '404 Not Found' }, 'L7STS'],
    [{ made: 'negotiate', up: false, message: 'no answer within 5 s (x)' }, 'L7TOUT'],
    [
      { made: 'negotiate', up: false, message: 'connect ECONNREFUSED 10.1.1.21:80' },
      'L4CON',
    ],
    [{ made: 'connect' }, 'L4OK'],
    [{ made: 'connect', up: false, message: 'no answer within 5 s (x)' }, 'L4TOUT'],
    [{ made: 'ping', up: false, message: 'unreachable' }, 'L4CON'],
    [{ made: 'external' }, 'PROCOK'],
    [{ made: 'external-perl', up: false, message: 'exit code 1' }, 'PROCERR'],
    [{ made: 'external', up: false, message: 'no answer within 5 s (x)' }, 'PROCTOUT'],
    [{ made: 'on' }, undefined],
    [{ made: 'off' }, undefined],
    [{ made: null }, undefined],
  ];
  for (const [fields, state] of cases)
    t.equal(checkState({ ...check, ...fields }), state, JSON.stringify(fields));
  t.equal(checkState(null), undefined);
});

t.test('they stand in /metrics when they are asked for', async (t) => {
  const without = await openControl(t);
  t.notMatch((await ask(without.path, '/metrics')).text, 'haproxy_');
  const wanted = await openControl(t, undefined, { haproxyNames: () => true });
  const { text } = await ask(wanted.path, '/metrics');
  t.match(text, /^l4director_real_up\{/m);
  t.match(text, /^haproxy_server_status\{/m);
});

t.test('docs/metrics.md has all of them', async (t) => {
  const file = fileURLToPath(new URL('../../../docs/metrics.md', import.meta.url));
  const rows = readFileSync(file, 'utf8').split('\n');
  for (const prefix of ['process', 'frontend', 'backend', 'server']) {
    const row =
      rows.find((line) => line.startsWith(`| \`haproxy_${prefix}_\` |`)) ?? '';
    const listed = [...row.matchAll(/`(\w+)`/g)].map(([, name = '']) => name).slice(1);
    const known = haproxyFamilies(statusDocument(), NOW)
      .map(({ name }) => name)
      .filter((name) => name.startsWith(`${prefix}_`))
      .map((name) => name.slice(prefix.length + 1));
    t.same(listed.sort(), known.sort(), prefix);
  }
});
