import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { statusFamilies } from '../../lib/control/metrics.ts';
import { ownFamilies } from '../../lib/control/own-metrics.ts';
import { watchProcess } from '../../lib/control/process-metrics.ts';
import { formatFamilies, formatLabels } from '../../lib/control/prometheus.ts';
import type { AgentStatus } from '../../lib/model/status.ts';
import {
  agentStatus,
  nameStatus,
  peerStatus,
  realStatus,
  serviceStatus,
  statusDocument,
} from '../support/status.ts';

const OWN = {
  engines: [{ engine: 'net', applies: 5, failures: 1, seconds: 0.5, lastSeconds: 0.1 }],
  reloads: { ok: 3, refused: 1 },
  droppedLines: { director: 0, connections: 12 },
} as const;

t.test('the daemon adds its own work', async (t) => {
  const text = formatFamilies(ownFamilies(OWN));
  for (const line of [
    'l4director_engine_applies_total{engine="net"} 5',
    'l4director_engine_apply_failures_total{engine="net"} 1',
    'l4director_engine_apply_seconds_total{engine="net"} 0.5',
    'l4director_engine_last_apply_seconds{engine="net"} 0.1',
    'l4director_reloads_total{result="refused"} 1',
    'l4director_log_lines_dropped_total{log="connections"} 12',
  ])
    t.ok(text.split('\n').includes(line), line);
});

/** A line of the text format. Source: the exposition formats' page of Prometheus. */
const LINE =
  /^(?:# HELP l4director_\w+ .+|# TYPE l4director_\w+ (?:counter|gauge|summary)|l4director_\w+(?:\{\w+="(?:[^"\\\n]|\\[\\"n])*"(?:,\w+="(?:[^"\\\n]|\\[\\"n])*")*\})? (?:-?\d[\d.e+-]*|NaN|[+-]Inf))$/;

t.test('a status becomes lines of the text format', async (t) => {
  const text = formatFamilies(statusFamilies(statusDocument()));
  t.ok(text.endsWith('\n'));
  const lines = text.trimEnd().split('\n');
  for (const line of lines) t.match(line, LINE);
  const names = lines.filter((l) => l.startsWith('# TYPE')).map((l) => l.split(' ')[2]);
  t.equal(new Set(names).size, names.length, 'a name stands once');
  const service = '{service="tcp:10.1.1.19:80"}';
  const real = '{service="tcp:10.1.1.19:80",real="10.1.1.21:80"}';
  const expected = [
    `l4director_build_info{version="0.1.0",node="${process.versions.node}"} 1`,
    'l4director_uptime_seconds 93784',
    'l4director_config_error 0',
    'l4director_worker_connections{worker="0"} 3',
    'l4director_worker_accepted_connections_total{worker="1"} 604',
    `l4director_service_up${service} 1`,
    `l4director_service_accepted_connections_total${service} 1204`,
    `l4director_service_refused_connections_total${service} 3`,
    `l4director_service_retries_total${service} 2`,
    'l4director_service_state{service="tcp:10.1.1.19:80",state="up"} 1',
    'l4director_service_state{service="tcp:10.1.1.19:80",state="down"} 0',
    `l4director_real_up${real} 1`,
    `l4director_real_weight${real} 1`,
    `l4director_real_active_connections${real} 3`,
    `l4director_real_bytes_out_total${real} 33000000`,
    `l4director_real_connect_failures_total${real} 0`,
    `l4director_check_duration_seconds${real} 0.003`,
    `l4director_check_failures${real} 0`,
    `l4director_check_certificate_expiry_seconds${real} 1811851200`,
    `l4director_check_certificate_days_left${real} 189`,
    'l4director_worker_restarts_total{worker="1"} 1',
    'l4director_service_info{service="tcp:10.1.1.19:80",engine="net",protocol="tcp",scheduler="rr"} 1',
    `l4director_service_problem${service} 0`,
    'l4director_real_state{service="tcp:10.1.1.19:80",real="10.1.1.21:80",state="up"} 1',
    'l4director_real_state{service="tcp:10.1.1.19:80",real="10.1.1.21:80",state="down"} 0',
    `l4director_real_last_change_timestamp_seconds${real} 1795456800`,
    `l4director_real_downs_total${real} 2`,
    `l4director_real_down_seconds_total${real} 61.5`,
    `l4director_real_changed${real} 0`,
    'l4director_check_results_total{service="tcp:10.1.1.19:80",real="10.1.1.21:80",result="up"} 5400',
    'l4director_check_results_total{service="tcp:10.1.1.19:80",real="10.1.1.21:80",result="down"} 7',
    `l4director_check_seconds_total${real} 16.4`,
  ];
  for (const line of expected) t.ok(lines.includes(line), line);
});

t.test('of agents there is something where one is asked', async (t) => {
  const text = (fields: Partial<AgentStatus>) => {
    const reals = [
      realStatus({ agent: agentStatus(fields) }),
      realStatus({ id: 'b:1' }),
    ];
    const services = [serviceStatus({ reals })];
    return formatFamilies(statusFamilies(statusDocument({ services })))
      .split('\n')
      .filter((line) => line.startsWith('l4director_agent'))
      .map((line) => line.replace(/\{.*10\.1\.1\.21.*\}/, ''));
  };
  t.strictSame(text({}), [
    'l4director_agent_answers 1',
    'l4director_agent_weight_percent 50',
    'l4director_agent_holds 0',
    'l4director_agent_timestamp_seconds 1795464000',
  ]);
  const mute = { line: null, at: null, percent: null, problem: 'read ECONNRESET' };
  t.strictSame(text({ ...mute, state: 'drain' }), [
    'l4director_agent_answers 0',
    'l4director_agent_weight_percent 100',
    'l4director_agent_holds 1',
    'l4director_agent_timestamp_seconds 0',
  ]);
  t.match(text({ down: 'fail' })[2], /holds 1$/);
});

t.test('every sample stands under the TYPE of its family', async (t) => {
  const text = formatFamilies(statusFamilies(statusDocument()));
  let family = '';
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('# TYPE')) family = line.split(' ')[2] ?? '';
    if (!line.startsWith('#')) t.equal(line.split(/[{ ]/)[0], family);
  }
});

t.test('a server without a check has no check families', async (t) => {
  const services = [serviceStatus({ reals: [realStatus({ check: null })] })];
  const text = formatFamilies(statusFamilies(statusDocument({ services })));
  t.notMatch(text, 'check_');
  t.match(text, 'l4director_real_up{');
});

t.test('a check without TLS has no certificate family', async (t) => {
  const { check } = realStatus();
  const reals = [realStatus({ check: check && { ...check, certificate: null } })];
  const document = statusDocument({ services: [serviceStatus({ reals })] });
  const text = formatFamilies(statusFamilies(document));
  t.notMatch(text, 'certificate');
  t.match(text, 'l4director_check_up{');
});

t.test('labels are escaped', async (t) => {
  t.equal(formatLabels({ a: 'x"y\\z\nw' }), '{a="x\\"y\\\\z\\nw"}');
  t.equal(formatLabels({}), '');
});

t.test('values that are no numbers are written as Prometheus reads them', async (t) => {
  const samples = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const text = formatFamilies([
    {
      name: 'x',
      type: 'gauge',
      help: 'a\nb',
      samples: samples.map((value) => ({ labels: '', value })),
    },
  ]);
  t.same(text.split('\n').slice(0, 5), [
    '# HELP l4director_x a\\nb',
    '# TYPE l4director_x gauge',
    'l4director_x NaN',
    'l4director_x +Inf',
    'l4director_x -Inf',
  ]);
});

t.test('the process measures itself', async (t) => {
  const watch = watchProcess();
  t.teardown(() => watch.stop());
  await new Promise((resolve) => setTimeout(resolve, 300));
  const until = performance.now() + 400;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const families = new Map((await watch.families()).map((f) => [f.name, f.samples]));
  const value = (name: string) => families.get(name)?.at(-1)?.value ?? Number.NaN;
  t.ok(value('process_open_fds') >= 3);
  t.ok(value('process_max_fds') > value('process_open_fds'));
  t.ok(value('process_resident_memory_bytes') > 10e6);
  t.ok(value('process_heap_bytes') > 1e6);
  t.ok(value('process_event_loop_lag_seconds') >= 0.08, 'a blocked loop is seen');
  t.ok(Math.abs(value('process_start_time_seconds') - Date.now() / 1000) < 600);
});

t.test('docs/metrics.md lists every family with its labels and meaning', async (t) => {
  const file = fileURLToPath(new URL('../../../docs/metrics.md', import.meta.url));
  const rows = readFileSync(file, 'utf8').split('\n');
  const watch = watchProcess();
  t.teardown(() => watch.stop());
  const reals = [realStatus({ agent: agentStatus() })];
  const families = [
    ...statusFamilies(
      statusDocument({
        services: [serviceStatus({ reals })],
        ...{ names: [nameStatus()], peers: [peerStatus()] },
      }),
    ),
    ...(await watch.families()),
    ...ownFamilies(OWN),
  ];
  const listed = rows.flatMap((row) => /^\| `(\w+)` \|.*\|.*\|$/.exec(row)?.[1] ?? []);
  t.same(listed.sort(), families.map(({ name }) => name).sort(), 'and no other');
  for (const { name, help, samples } of families) {
    const found = samples[0]?.labels.matchAll(/(\w+)="/g) ?? [];
    const labels = [...found].map(([, label]) => `\`${label}\``).join(' ');
    t.ok(rows.includes(`| \`${name}\` | ${labels} | ${help} |`), name);
  }
});
