import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { identify } from '../../lib/instance/process.ts';
import { balanced, body, pidOf } from '../support/balanced-host.ts';
import { lab } from '../support/lab.ts';
import { packaged } from '../support/packaged.ts';
import type { PrivateHost } from '../support/private-host.ts';
import { killed } from '../support/site.ts';

t.jobs = 3;

const NEEDS = ['root', 'namespaces', 'ldirectord'] as const;

const SUCCESS = 0;
const FAILED = 1;
const NOT_INSTALLED = 5;
const NOT_CONFIGURED = 6;
const NOT_RUNNING = 7;

const AGENT = 'usr/lib/ocf/resource.d/l4director/l4director';
/** What is on the private host. */
const PROGRAM = '/usr/sbin/ldirectord';

function environment(
  host: PrivateHost,
  parameters: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    OCF_ROOT: '/usr/lib/ocf',
    OCF_RESOURCE_INSTANCE: 'director',
    OCF_RESKEY_config: host.site.config,
    OCF_RESKEY_binary: PROGRAM,
    ...Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [`OCF_RESKEY_${name}`, value]),
    ),
  };
}

/** The agent as Pacemaker calls it. */
function agent(host: PrivateHost, parameters: Readonly<Record<string, string>> = {}) {
  const env = environment(host, parameters);
  return async (action: string, more: Readonly<Record<string, string>> = {}) =>
    (await host.runWith({ ...env, ...more }, packaged(AGENT), action)).code;
}

/** What a failed action says to the operator, as `crm_mon` shows it. */
async function reason(
  host: PrivateHost,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<string> {
  const said = await host.runWith(
    environment(host, parameters),
    packaged(AGENT),
    action,
  );
  return /ocf-exit-reason:(.*)/.exec(said.stderr)?.[1] ?? '';
}

const PROBE = { OCF_RESKEY_CRM_meta_interval: '0', __OCF_ACTION: 'monitor' };

/** A stop that takes longer than Pacemaker allows has the node fenced. */
const LONGEST_STOP_MS = 30_000;

t.test(
  'ocf-tester finds nothing wrong with the agent, cold and warm',
  { ...lab(...NEEDS, 'ocf-tester', 'xmllint'), buffered: true },
  async (t) => {
    const { host } = await balanced(t);
    const words = [
      ...['-n', 'director', '-o', `config=${host.site.config}`],
      ...['-o', `binary=${PROGRAM}`],
    ];
    for (const more of [[], ['-o', 'warm=true']]) {
      const { code, stdout, stderr } = await host.run(
        ...['ocf-tester', ...words, ...more, packaged(AGENT)],
      );
      t.equal(code, 0, stdout + stderr);
      t.match(stdout, /passed all tests/);
    }
  },
);

t.test(
  'the agent starts, watches, reloads and stops the director',
  { ...lab(...NEEDS, 'resource-agents'), buffered: true },
  async (t) => {
    const { host, url } = await balanced(t);
    const { site } = host;
    const act = agent(host);
    t.equal(await act('validate-all'), SUCCESS);
    t.equal(await act('monitor'), NOT_RUNNING);
    t.equal(await act('stop'), SUCCESS, 'stopping what is stopped');
    t.match(await reason(host, 'reload'), /no director is running/);
    t.equal(await act('start'), SUCCESS);
    t.equal(await body(url), 'Test Page', 'at work when start returns');
    t.equal(await act('monitor'), SUCCESS);
    t.equal(await act('start'), SUCCESS, 'again');
    t.equal(await act('reload'), SUCCESS);
    const good = readFileSync(site.config, 'utf8');
    writeFileSync(site.config, `${good}\nchekinterval=1\n`);
    t.equal(await act('validate-all'), NOT_INSTALLED);
    t.equal(await act('reload'), FAILED);
    t.equal(await act('monitor'), SUCCESS, 'half-edited, and healthy');
    t.equal(await act('stop'), SUCCESS);
    t.equal(await act('monitor'), NOT_RUNNING, 'stopped, and a broken config');
    t.equal(await act('start'), NOT_INSTALLED);
    writeFileSync(site.config, good);
    t.equal(await act('start'), SUCCESS);
    await killed(await pidOf(host));
    t.equal(await act('monitor'), NOT_RUNNING, 'killed, and a stale pid file');
    t.equal(await act('start'), SUCCESS);
    t.equal(await act('stop'), SUCCESS);
    await t.rejects(body(url), 'nobody answers');
  },
);

t.test(
  'one that hangs is no success, and is stopped all the same',
  { ...lab(...NEEDS, 'resource-agents'), buffered: true },
  async (t) => {
    const { host } = await balanced(t);
    const act = agent(host);
    t.equal(await act('start'), SUCCESS);
    process.kill(await pidOf(host), 'SIGSTOP');
    t.equal(await act('monitor'), FAILED);
    t.equal(await act('stop'), SUCCESS);
    t.equal(await act('monitor'), NOT_RUNNING);
  },
);

t.test(
  'real servers that are down fail a monitor where it is asked for',
  { ...lab(...NEEDS, 'resource-agents'), buffered: true },
  async (t) => {
    const { host } = await balanced(t);
    const text = readFileSync(host.site.config, 'utf8');
    writeFileSync(host.site.config, text.replace('Test Page', 'Another Page'));
    t.equal(await agent(host)('start'), SUCCESS);
    t.equal(await agent(host)('monitor'), SUCCESS);
    const services = agent(host, { ready: 'services' });
    t.equal(await services('monitor'), FAILED);
    t.equal(await services('stop'), SUCCESS);
    t.equal(await agent(host, { ready: 'servers' })('validate-all'), NOT_CONFIGURED);
  },
);

t.test(
  'a node without config or program has nothing running, and cannot start it',
  { ...lab(...NEEDS, 'resource-agents'), buffered: true },
  async (t) => {
    const { host } = await balanced(t);
    for (const lacks of [{ config: '/nowhere/x.cf' }, { binary: '/nowhere/x' }]) {
      const act = agent(host, lacks);
      t.equal(await act('monitor', PROBE), NOT_RUNNING);
      t.equal(await act('stop'), SUCCESS);
      t.equal(await act('start'), NOT_INSTALLED);
    }
  },
);

t.test(
  'a warm director is told its role, and goes on',
  { ...lab(...NEEDS, 'resource-agents'), buffered: true },
  async (t) => {
    const { host } = await balanced(t);
    const act = agent(host, { warm: 'true' });
    t.equal(await act('start'), SUCCESS);
    const pid = await pidOf(host);
    t.equal(await act('monitor'), SUCCESS);
    t.equal(await act('stop'), SUCCESS);
    t.equal(await act('monitor'), NOT_RUNNING);
    t.equal(await pidOf(host), pid, 'it runs');
    t.equal(await act('start'), SUCCESS);
    t.equal(await act('monitor'), SUCCESS);
    t.equal(await pidOf(host), pid);
    await killed(pid);
    t.equal(await act('monitor'), NOT_RUNNING);
    t.equal(await act('stop'), SUCCESS);
    t.equal(await act('start'), SUCCESS);
    process.kill(await pidOf(host), 'SIGSTOP');
    const began = performance.now();
    t.equal(await act('stop'), SUCCESS, 'one that hangs takes no role');
    t.ok(performance.now() - began < LONGEST_STOP_MS);
    t.equal(await act('monitor'), NOT_RUNNING);
  },
);

t.test(
  'a role that this resource was not told since the node is up counts for nothing',
  { ...lab(...NEEDS, 'resource-agents'), buffered: true },
  async (t) => {
    const { host } = await balanced(t);
    const act = agent(host, { warm: 'true' });
    const byHand = async (what: string) => {
      t.match(await host.run(PROGRAM, host.site.config, 'start'), { code: 0 });
      t.match(await host.run(PROGRAM, host.site.config, 'role'), { stdout: /^active/ });
      t.equal(await act('monitor'), NOT_RUNNING, what);
    };
    await byHand('it was never told one');
    t.equal(await act('start'), SUCCESS);
    t.equal(await act('monitor'), SUCCESS);
    await killed(await pidOf(host));
    t.equal(await act('stop'), SUCCESS);
    await byHand('it was told before the resource went elsewhere');
    t.equal(await act('start'), SUCCESS);
    const told = '/run/resource-agents/l4director-director';
    await host.run(
      'sh',
      '-c',
      `tr 0-9a-f 1-9a-f0 <${told} >${told}.x; mv ${told}.x ${told}`,
    );
    t.equal(await act('monitor'), NOT_RUNNING, 'it was told before the node came up');
    process.kill(await pidOf(host), 'SIGSTOP');
    t.equal(await act('monitor'), NOT_RUNNING, 'one that hangs is no resource either');
    process.kill(await pidOf(host), 'SIGCONT');
    t.equal(await agent(host)('stop'), SUCCESS);
  },
);

t.test(
  'what runs is found and stopped without its config, its pid file, and the program',
  { ...lab(...NEEDS, 'resource-agents'), buffered: true },
  async (t) => {
    const { host } = await balanced(t);
    const { config, folder } = host.site;
    const act = agent(host);
    const started = async () => {
      t.equal(await act('start'), SUCCESS);
      const pid = await pidOf(host);
      return () => identify(pid) !== undefined;
    };
    const withoutConfig = await started();
    renameSync(config, join(folder, 'away'));
    t.equal(await act('monitor', PROBE), SUCCESS);
    t.equal(await act('monitor'), SUCCESS, 'and healthy');
    t.equal(await act('stop'), SUCCESS);
    t.notOk(withoutConfig());
    t.equal(await act('start'), NOT_INSTALLED);
    renameSync(join(folder, 'away'), config);
    for (const how of [': >', 'rm ']) {
      const withoutPidFile = await started();
      await host.run('sh', '-c', `${how}/run/ldirectord.a.cf.pid`);
      t.equal(await act('monitor'), SUCCESS);
      t.equal(await act('stop'), SUCCESS);
      t.notOk(withoutPidFile(), how);
    }
    const withoutProgram = await started();
    const lacking = agent(host, { binary: '/nowhere/l4director' });
    t.equal(await lacking('monitor', PROBE), FAILED);
    t.equal(await lacking('stop'), SUCCESS);
    t.notOk(withoutProgram());
  },
);

t.test(
  'a program that could not be stopped, or a second director, is refused with the reason',
  { ...lab(...NEEDS, 'resource-agents'), buffered: true },
  async (t) => {
    const { host } = await balanced(t);
    const binary = join(host.site.folder, 'launcher');
    for (const action of ['validate-all', 'start']) {
      t.equal(await agent(host, { binary })(action), NOT_CONFIGURED);
      t.match(
        await reason(host, action, { binary }),
        /launcher: expected .*\/l4director/,
      );
    }
    // As the package's unit does.
    t.match(await host.run(PROGRAM, 'start'), { code: 0 });
    t.equal(await agent(host)('start'), NOT_INSTALLED);
    t.match(await reason(host, 'start'), /systemctl disable --now l4director/);
    t.match(await host.run(PROGRAM, 'stop'), { code: 0 });
  },
);
