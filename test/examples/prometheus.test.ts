import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { ask } from '../support/control.ts';
import { lab } from '../support/lab.ts';
import { freePort, Site, until, webServer } from '../support/site.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));
const RULES = join(EXAMPLES, 'prometheus');
const DASHBOARD = join(EXAMPLES, 'grafana', 'l4director.json');

/** A running director's own words, HAProxy's names among them. */
async function liveMetrics(t: Test): Promise<string> {
  const site = new Site(
    t,
    `checkinterval=1
logfile="LOG"
virtual=127.0.0.1:${await freePort()}
    real=127.0.0.1:${await webServer(t)} masq
    fallback=127.0.0.1:${await freePort()}
    service=http
    checktype=negotiate
    request="/"
    receive="Test"
`,
  );
  writeFileSync(`${site.config}.ini`, '[metrics]\nhaproxy-names = yes\n');
  await site.run('start');
  const socket = join(site.runtimeDir, 'l4director.a.cf.sock');
  let text = '';
  await until(async () => {
    ({ text } = await ask(socket, '/metrics'));
    return text.includes('l4director_check_up{');
  }, 'a checked server');
  return text;
}

interface Target {
  readonly expr?: string;
}

/** What the dashboard asks Prometheus. */
function queries(): readonly string[] {
  const { panels, annotations, templating } = JSON.parse(
    readFileSync(DASHBOARD, 'utf8'),
  ) as {
    readonly panels: readonly { readonly targets?: readonly Target[] }[];
    readonly annotations: { readonly list: readonly Target[] };
    readonly templating: { readonly list: readonly { readonly definition?: string }[] };
  };
  const asked = [...panels.flatMap(({ targets = [] }) => targets), ...annotations.list];
  const selections = templating.list.flatMap(
    ({ definition }) => /^label_values\((.*), \w+\)$/.exec(definition ?? '')?.[1] ?? [],
  );
  return [...asked.flatMap(({ expr }) => expr ?? []), ...selections];
}

/** Names of this program's in a text. */
function names(text: string): ReadonlySet<string> {
  return new Set(text.match(/\bl4director_\w+/g) ?? []);
}

function promtool(args: readonly string[], input = '') {
  const options = { cwd: RULES, input, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync('promtool', args, options);
  return { status, said: stdout + stderr };
}

t.test('dashboard and rules ask for what a director tells', async (t) => {
  const told = names(await liveMetrics(t));
  // Such a family is there when there is something to tell: a certificate.
  const certificate = /^l4director_check_certificate_(?:days_left|expiry_seconds)$/;
  const rules = readFileSync(join(RULES, 'alerts.yml'), 'utf8');
  const asked = names(`${queries().join('\n')}\n${rules}`);
  t.ok(queries().length > 25, 'the dashboard asks for something');
  for (const name of asked) t.ok(told.has(name) || certificate.test(name), name);
});

t.test(
  'promtool finds nothing wrong with what it tells',
  lab('promtool'),
  async (t) => {
    const { status, said } = promtool(['check', 'metrics'], await liveMetrics(t));
    t.same([status, said], [0, '']);
  },
);

t.test(
  'the rules fire when they should, and not before',
  lab('promtool'),
  async (t) => {
    t.match(promtool(['check', 'config', 'prometheus.yml']), { status: 0 });
    t.match(promtool(['check', 'rules', '--lint-fatal', 'alerts.yml']), { status: 0 });
    t.match(promtool(['test', 'rules', 'alerts.test.yml']), { status: 0 });
    const rules = readFileSync(join(RULES, 'alerts.yml'), 'utf8');
    const tested = readFileSync(join(RULES, 'alerts.test.yml'), 'utf8');
    for (const [, alert = ''] of rules.matchAll(/- alert: (\w+)/g))
      t.match(tested, `alertname: ${alert}`, `${alert} has a test`);
  },
);

t.test('Prometheus understands what the dashboard asks', lab('promtool'), async (t) => {
  const rules = queries().map((expr, at) => ({
    record: `query:${at}`,
    expr: expr
      .replaceAll('$__rate_interval', '1m')
      .replace(/\$(?:job|service|instance)/g, '.*'),
  }));
  const file = join(t.testdir(), 'queries.yml'); // JSON is YAML
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  t.match(promtool(['check', 'rules', file]), { status: 0 });
});
