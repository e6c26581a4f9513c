import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { commandLine, Site, until } from '../support/site.ts';
import { triedPort } from '../support/tried-port.ts';

/** Longer than a check may take, and than a worker may be stuck. */
const HANGS_MS = 6000;
/** Until the checks that were under way, and the next ones, have come to an end. */
const AFTERWARDS_MS = 1500;
/** So that checks are under way at any moment. */
const ANSWER_MS = 400;
const REALS = 4;

t.jobs = 3; // each has a site of its own, and mostly waits
const TOGETHER = { buffered: true };

/** @returns its port */
async function slowServer(t: Test): Promise<number> {
  const server = createServer((_, response) => {
    setTimeout(() => response.end('Test Page'), ANSWER_MS);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A director whose checks and workers have less time than it will hang. */
async function hangingSite(t: Test) {
  const ports = await Promise.all(Array.from({ length: REALS }, () => slowServer(t)));
  const port = await triedPort();
  const config = [
    'checkinterval=1\nnegotiatetimeout=5\nquiescent=no\nlogfile="LOG"',
    `virtual=127.0.0.1:${port}`,
    ...ports.map((real) => `    real=127.0.0.1:${real} masq`),
    '    service=http\n    request="/"\n    scheduler=rr\n',
  ];
  const site = new Site(t, config.join('\n'));
  site.writeIni('[net]\nworker-timeout = 5s\n');
  const hook = new URL('../faults/hook.js', import.meta.url);
  site.env.NODE_OPTIONS = `--import=${hook}`;
  site.env.FAULT_BLOCK_MS = String(HANGS_MS);
  t.match(await site.run('start'), { code: 0 });
  const added = () => site.logText.match(/Added real server/g)?.length ?? 0;
  await until(() => added() >= REALS, 'all servers');
  const before = site.logText.length;
  /** Neither a server was found down nor a worker stuck. */
  const isUnmoved = () => t.equal(site.logText.slice(before), '');
  const signal = (name: NodeJS.Signals) => process.kill(site.pid ?? NaN, name);
  const visit = async () => {
    const sent = request({ host: '127.0.0.1', port, agent: false }).end();
    const [answer] = await once(sent, 'response');
    answer.resume();
    return answer.statusCode as number;
  };
  return { site, signal, visit, isUnmoved };
}

t.test(
  'a process that was stopped finds nobody down, and no worker stuck',
  TOGETHER,
  async (t) => {
    const { signal, visit, isUnmoved } = await hangingSite(t);
    signal('SIGSTOP');
    const late = visit();
    await delay(HANGS_MS);
    signal('SIGCONT');
    t.equal(await late, 200, 'who came meanwhile is served');
    await delay(AFTERWARDS_MS);
    isUnmoved();
  },
);

t.test(
  'nor does one whose main thread was blocked; it forwards meanwhile',
  TOGETHER,
  async (t) => {
    const { site, signal, visit, isUnmoved } = await hangingSite(t);
    const from = performance.now();
    signal('SIGSTKFLT');
    while (performance.now() - from < HANGS_MS) t.equal(await visit(), 200);
    await delay(AFTERWARDS_MS);
    isUnmoved();
    t.match(await site.run('status'), { code: 0 });
  },
);

t.test(
  'one with a thread that cannot be ended says so, and can be stopped',
  TOGETHER,
  async (t) => {
    const port = await triedPort();
    const site = new Site(
      t,
      `checkinterval=1\nlogfile="LOG"\nvirtual=127.0.0.1:${port}\n    checktype=on\n    real=127.0.0.1:${await slowServer(t)} masq\n`,
    );
    site.writeIni('[net]\nworker-timeout = 2s\nworkers = 1\n');
    const pipe = join(site.folder, 'pipe');
    const hook = new URL('../support/hanging-worker.js', import.meta.url);
    Object.assign(site.env, { NODE_OPTIONS: `--import=${hook}`, HANGING_PIPE: pipe });
    t.match(await site.run('start'), { code: 0 });
    const { pid } = site;
    execFileSync('mkfifo', [pipe]);
    await site.logged(/Worker thread 0 hangs in what cannot be interrupted/);
    t.match(await site.run('status'), { code: 0 });
    t.match(await site.run('stop'), { code: 0, stderr: '' });
    t.same(commandLine(pid), []);
    t.match(site.logText, /terminated on signal: TERM\n$/);
  },
);
