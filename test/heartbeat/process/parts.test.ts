import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Hooks } from '../../../lib/heartbeat/process/hooks.ts';
import { Pings } from '../../../lib/heartbeat/process/pings.ts';
import { Children } from '../../../lib/heartbeat/process/respawned.ts';
import {
  askStatus,
  openStatusSocket,
} from '../../../lib/heartbeat/process/status-socket.ts';
import { Ticker } from '../../../lib/heartbeat/process/ticker.ts';
import type { StatusView } from '../../../lib/heartbeat/process/view.ts';
import { lab } from '../../support/lab.ts';
import { commandLine } from '../../support/site.ts';
import { socketPath } from '../../support/socket-path.ts';

async function until(what: () => boolean): Promise<void> {
  for (let n = 0; n < 400 && !what(); n++) await sleep(25);
}

function script(file: string, body: string): void {
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

function textIn(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

t.test(
  'a script of rc.d has the fields of the message, one script at a time',
  async (t) => {
    const folder = t.testdir();
    const out = join(folder, 'out');
    script(join(folder, 'shutdone'), `sleep 0.2; echo "$HA_t of $HA_src" >> ${out}`);
    script(join(folder, 'starting'), `echo "$HA_t" >> ${out}`);
    script(join(folder, 'status'), `echo moves resources >> ${out}`);
    const log: string[] = [];
    const hooks = new Hooks(folder, (_level, text) => log.push(text));
    t.teardown(() => hooks.close());
    hooks.run([
      ['t', 'shutdone'],
      ['src', 'lb2'],
      ['bad-name', 'x'],
      ['nul', 'a\0b'],
    ]);
    hooks.run([['t', 'status']]);
    hooks.run([['t', 'no-script']]);
    hooks.run([['t', 'starting']]);
    await until(() => textIn(out).includes('starting'));
    t.equal(textIn(out), 'shutdone of lb2\nstarting\n', 'the stock ones are left out');
    t.same(log, []);
  },
);

t.test('a script of rc.d that fails is told, and so are too many', async (t) => {
  const folder = t.testdir();
  script(join(folder, 'starting'), 'exit 3');
  const log: string[] = [];
  const hooks = new Hooks(folder, (_level, text) => log.push(text));
  t.teardown(() => hooks.close());
  for (let n = 0; n < 33; n++) hooks.run([['t', 'starting']]);
  t.match(log[0], /rc.d\/starting is left out: 32 scripts wait/);
  await until(() => log.length > 1);
  t.equal(log[1], 'rc.d/starting: it ended with 3');
});

t.test('hosts that answer are told by name, each time', lab('root'), async (t) => {
  const answers: string[] = [];
  const pings = new Pings(100, (name) => answers.push(name));
  t.teardown(() => pings.close());
  pings.ask('routers', ['127.0.0.1', '-no-option']);
  pings.ask('nobody', ['240.0.0.1']);
  await until(() => answers.length >= 4);
  t.same([...new Set(answers)], ['routers']);
  pings.close();
  const { length } = answers;
  await sleep(300);
  t.equal(answers.length, length, 'not after the end');
});

t.test('a host has one ping, and another one where that has ended', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  script(
    join(folder, 'ping'),
    `for host; do :; done; echo "$*" >> ${out}; [ "$host" = ends ] || exec sleep 60`,
  );
  const { PATH } = process.env;
  process.env.PATH = `${folder}:${PATH}`;
  t.teardown(() => {
    process.env.PATH = PATH;
  });
  const pings = new Pings(500, () => t.fail('nobody answers'));
  t.teardown(() => pings.close());
  const begun = (host: string) =>
    textIn(out)
      .split('\n')
      .filter((line) => line.endsWith(` ${host}`));
  await until(() => {
    pings.ask('gateway', ['stays', 'ends']);
    return begun('ends').length >= 3 && begun('stays').length > 0;
  });
  t.ok(begun('ends').length >= 3);
  t.same(begun('stays'), ['-n -i 0.5 -w 60 -- stays']);
});

t.test('children run as their users, begin again, and end', lab('root'), async (t) => {
  const folder = t.testdir();
  mkdirSync(join(folder, 'out'));
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'out'), 0o777);
  const out = join(folder, 'out', 'ran');
  const [again, once, stays] = ['again', 'once', 'stays'].map((name) =>
    join(folder, name),
  );
  script(again ?? '', `id -un >> ${out}; exit 1`);
  script(once ?? '', `echo content >> ${out}; exit 100`);
  script(
    stays ?? '',
    `trap 'echo ended >> ${out}; exit 0' TERM; echo stands >> ${out}; while :; do sleep 0.1; done`,
  );
  const log: string[] = [];
  const children = new Children(
    [
      { user: 'daemon', command: [again ?? ''], line: 1 },
      { user: 'root', command: [once ?? ''], line: 2 },
      { user: 'daemon', command: [stays ?? ''], line: 3 },
    ],
    (_level, text) => log.push(text),
  );
  await children.start();
  await until(
    () =>
      (textIn(out).match(/daemon/g) ?? []).length >= 2 &&
      ['content', 'stands'].every((word) => textIn(out).includes(word)),
  );
  await children.stop();
  const lines = textIn(out).trim().split('\n');
  t.ok(lines.filter((line) => line === 'daemon').length >= 2, 'it is started again');
  t.equal(lines.filter((line) => line === 'content').length, 1, 'this one is not');
  t.ok(lines.includes('ended'), 'and this one heard SIGTERM');
  const ran = lines.length;
  await sleep(1300);
  t.equal(textIn(out).trim().split('\n').length, ran, 'nothing begins again');
  t.ok(log.some((text) => /again ended with 1: it is started again/.test(text)));
});

t.test('a child ends with all that it began', async (t) => {
  const folder = t.testdir();
  const [program, pid] = [join(folder, 'kid'), join(folder, 'pid')];
  script(program, `sleep 1000 & echo $! > ${pid}; trap 'exit 0' TERM; wait`);
  const { username } = userInfo();
  const children = new Children(
    [{ user: username, command: [program], line: 1 }],
    () => {},
  );
  await children.start();
  // It has said who it is before it becomes that program.
  await until(() => commandLine(textIn(pid).trim()).join(' ') === 'sleep 1000');
  await children.stop();
  await until(() => commandLine(textIn(pid).trim()).length === 0);
  t.same(commandLine(textIn(pid).trim()), []);
});

t.test('a script of rc.d that is ended is so with all that it began', async (t) => {
  const folder = t.testdir();
  const pid = join(folder, 'pid');
  script(join(folder, 'starting'), `sleep 1000 & echo $! > ${pid}; wait`);
  const hooks = new Hooks(folder, () => {});
  hooks.run([['t', 'starting']]);
  await until(() => textIn(pid).endsWith('\n'));
  hooks.close();
  await until(() => commandLine(textIn(pid).trim()).length === 0);
  t.same(commandLine(textIn(pid).trim()), []);
});

t.test('the status is asked at a socket, which one daemon has', async (t) => {
  const path = socketPath(t);
  t.equal(await askStatus(path), undefined, 'nobody is there');
  writeFileSync(path, 'left by a kill -9');
  const view: StatusView = {
    node: 'lb1',
    pid: 1,
    generation: 7,
    status: 'active',
    holds: 'all',
    resources: 'all',
    isStable: true,
    members: [],
  };
  const socket = await openStatusSocket(path, () => view);
  t.same(await askStatus(path), view);
  await t.rejects(
    openStatusSocket(path, () => view),
    /another l4heartbeat runs already/,
  );
  await socket.close();
  t.equal(await askStatus(path), undefined);
});

t.test('one that this user must not ask is there', lab('root'), async (t) => {
  const path = socketPath(t);
  const socket = await openStatusSocket(path, () => undefined);
  t.teardown(() => socket.close());
  chmodSync(dirname(path), 0o755);
  process.seteuid?.('daemon');
  t.teardown(() => process.seteuid?.(0));
  await t.rejects(askStatus(path), { code: 'EACCES' });
  await t.rejects(
    openStatusSocket(path, () => undefined),
    /another l4heartbeat runs already/,
  );
});

t.test('a timer is never early, and moves', async (t) => {
  const due: number[] = [];
  const ticker = new Ticker(() => due.push(performance.now()));
  const began = performance.now();
  ticker.set(began + 20);
  ticker.set(began + 60.4);
  await until(() => due.length > 0);
  t.ok((due[0] ?? 0) >= began + 60.4);
  ticker.set(performance.now() + 20);
  ticker.set(Number.POSITIVE_INFINITY);
  await sleep(60);
  t.equal(due.length, 1);
});
