import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(root, 'dist/examples/quickstart.js');

/** From one word to the next, on a busy machine. */
const LATE_MS = 60_000;

interface Run {
  readonly child: ChildProcess;
  /** Port of the virtual service, then those of the real servers. */
  readonly ports: readonly number[];
  /** Where it makes its temporary directory. */
  readonly temp: string;
  readonly ended: Promise<number | null>;
  /** All it wrote so far. */
  text(): string;
  /** Resolves when it has written this. */
  wrote(what: RegExp): Promise<RegExpExecArray>;
}

/** examples/quickstart.cf as it is, but for ports that are free here. */
async function quickstart(t: Test): Promise<Run> {
  const temp = mkdtempSync(join(tmpdir(), 'l4-'));
  const ports = await freePorts(4);
  const config = join(temp, 'quickstart.cf');
  writeFileSync(config, withPorts(ports));
  const child = spawn(process.execPath, [program, config], {
    env: { ...process.env, TMPDIR: temp },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit').then(([code]) => code);
  t.teardown(async () => {
    child.kill('SIGTERM');
    await Promise.race([ended, wait(10_000, undefined, { ref: false })]);
    child.kill('SIGKILL');
    rmSync(temp, { recursive: true, force: true });
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (text += chunk));
  const wrote = async (what: RegExp) => {
    for (;;) {
      const found = what.exec(text);
      if (found) return found;
      const more = child.stdout ? once(child.stdout, 'data') : Promise.reject();
      const over = ended.then((code) => {
        throw new Error(`it ended with ${code}, and wrote ${text}`);
      });
      const late = wait(LATE_MS, undefined, { ref: false }).then(() => {
        throw new Error(`no ${what} for ${LATE_MS} ms after ${text}`);
      });
      await Promise.race([more, over, late]);
    }
  };
  return { child, ports, temp, ended, text: () => text, wrote };
}

function withPorts([virtual, ...reals]: readonly number[]): string {
  const text = readFileSync(join(root, 'examples/quickstart.cf'), 'utf8');
  const replaced = reals.reduce(
    (config, port, i) => config.replace(`:${18081 + i} `, `:${port} `),
    text.replace(':18080', `:${virtual}`),
  );
  return replaced;
}

/** Below those that the kernel gives to anybody: tests that run beside this one use these. */
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (!ports.includes(port) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

async function page(port: number, path = '/'): Promise<string> {
  const asking = get({ host: '127.0.0.1', port, path, agent: false });
  const [response]: IncomingMessage[] = await once(asking, 'response');
  let text = '';
  for await (const chunk of response ?? []) text += chunk;
  return text;
}

async function refused(port: number): Promise<boolean> {
  return page(port).then(
    () => false,
    (error) => error.code === 'ECONNREFUSED',
  );
}

t.test('from start to Ctrl-C', async (t) => {
  const run = await quickstart(t);
  const [virtual = 0, first = 0] = run.ports;
  await run.wrote(/Ctrl-C ends it all/);
  await run.wrote(/tcp:127\.0\.0\.1:\d+ {2}rr {2}net {2}UP/);

  const answers: string[] = [];
  for (let i = 0; i < 9; i++) answers.push(await page(virtual));
  t.equal(new Set(answers.slice(0, 3)).size, 3, 'each server answers');
  for (const [i, answer] of answers.entries())
    t.equal(answer, answers[i % 3], 'strictly in turn');

  const [, command = ''] = await run.wrote(/^ +(node .* show)$/m);
  const show = spawn('/bin/sh', ['-c', command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let table = '';
  for await (const chunk of show.stdout) table += chunk;
  t.match(table, /127\.0\.0\.1:\d+ +masq +1 +up/, 'the show command works as printed');

  t.match(await page(first, '/stop'), /^server 1 stops/);
  while (!(await refused(first))); // until then a client could be in flight on it
  const after = [];
  for (let i = 0; i < 6; i++) after.push(await page(virtual));
  t.notOk(after.includes('Hello from server 1\n'), 'clients notice nothing');
  await run.wrote(
    new RegExp(
      `Deleted real server: 127.0.0.1:${first} |Quiescent real server: 127.0.0.1:${first} `,
    ),
  );

  const [, pid = ''] = await run.wrote(/with pid: (\d+)/);
  run.child.kill('SIGINT');
  t.equal(await run.ended, 0, 'exit code 0');
  t.throws(
    () => process.kill(Number(pid), 0),
    { code: 'ESRCH' },
    'the director is gone',
  );
  for (const port of run.ports) t.ok(await refused(port), `nobody at ${port}`);
  t.same(readdirSync(run.temp), ['quickstart.cf'], 'no file is left');
});

t.test('a port that is taken is told with its holder', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  t.teardown(() => holder.close());
  const address = holder.address();
  const taken = address && typeof address === 'object' ? address.port : 0;
  for (const which of [0, 2]) {
    const temp = mkdtempSync(join(tmpdir(), 'l4-'));
    t.teardown(() => rmSync(temp, { recursive: true, force: true }));
    const ports = await freePorts(4);
    ports[which] = taken;
    const config = join(temp, 'x.cf');
    writeFileSync(config, withPorts(ports));
    const child = spawn(process.execPath, [program, config], {
      env: { ...process.env, TMPDIR: temp },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for await (const chunk of child.stderr) text += chunk;
    t.match(text, `127.0.0.1:${taken} is taken by`);
    t.match(text, `(pid ${process.pid})`);
    t.match(text, 'npm start -- YOUR.cf');
    if (child.exitCode === null) await once(child, 'exit');
    t.equal(child.exitCode, 1);
    t.same(readdirSync(temp), ['x.cf']);
  }
});

t.test('a config with an error is told like any other', async (t) => {
  const file = join(t.testdir({ 'x.cf': 'chekinterval=1\n' }), 'x.cf');
  const child = spawn(process.execPath, [program, file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  for await (const chunk of child.stderr) text += chunk;
  if (child.exitCode === null) await once(child, 'exit');
  t.equal(child.exitCode, 2);
  t.match(text, `${file}:1: `);
});
