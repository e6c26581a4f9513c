import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { balanced, body, pidOf } from '../support/balanced-host.ts';
import { lab } from '../support/lab.ts';
import { packaged } from '../support/packaged.ts';
import type { PrivateHost } from '../support/private-host.ts';

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

/** The agent as Pacemaker calls it. */
function agent(host: PrivateHost, parameters: Readonly<Record<string, string>> = {}) {
  const env = {
    OCF_ROOT: '/usr/lib/ocf',
    OCF_RESOURCE_INSTANCE: 'director',
    OCF_RESKEY_config: host.site.config,
    OCF_RESKEY_binary: PROGRAM,
    ...Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [`OCF_RESKEY_${name}`, value]),
    ),
  };
  return async (action: string, more: Readonly<Record<string, string>> = {}) =>
    (await host.runWith({ ...env, ...more }, packaged(AGENT), action)).code;
}

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
    process.kill(await pidOf(host), 'SIGKILL');
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
      const probe = { OCF_RESKEY_CRM_meta_interval: '0', __OCF_ACTION: 'monitor' };
      t.equal(await act('monitor', probe), NOT_RUNNING);
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
    process.kill(pid, 'SIGKILL');
    t.equal(await act('monitor'), NOT_RUNNING);
    t.equal(await act('stop'), SUCCESS);
    t.equal(await act('start'), SUCCESS);
    process.kill(await pidOf(host), 'SIGSTOP');
    t.equal(await act('stop'), SUCCESS, 'one that hangs takes no role');
    t.equal(await act('monitor'), NOT_RUNNING);
  },
);
