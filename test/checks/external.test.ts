import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { checkOnce, checkTarget } from '../support/check-target.ts';

/** A script of the test's own; its path has no blanks. */
function script(t: { testdir(): string }, body: string): string {
  const file = join(t.testdir(), 'check');
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

function external(checkcommand: string, checktimeoutMs = 60_000) {
  return checkTarget({
    checktype: 'external',
    checkcommand,
    checktimeoutMs,
    address: '10.0.0.2',
    realPort: 8080,
  });
}

/** Looks again and again; the test's own time-out ends it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Ids of live processes whose command line holds the word. */
function processesWith(word: string): readonly string[] {
  return readdirSync('/proc')
    .filter((id) => /^\d+$/.test(id))
    .filter((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'latin1').includes(word);
      } catch {
        return false;
      }
    });
}

t.test('exit status 0 is up, any other down, with what it wrote', async (t) => {
  for (const [body, up, message] of [
    ['exit 0', true, 'exit status 0'],
    ['exit 3', false, 'exit status 3: expected 0'],
    ['echo disk full; exit 1', false, 'it says "disk full"'],
    ['echo to stderr >&2; exit 1', false, 'it says "to stderr"'],
  ] as const)
    await t.test(body, async (t) => {
      const result = await checkOnce(external(script(t, body)));
      t.equal(result.up, up);
      t.match(result.message, message);
    });
});

t.test('death by a signal is down', async (t) => {
  const { up, message } = await checkOnce(external(script(t, 'kill -9 $$')));
  t.equal(up, false);
  t.match(message, 'killed by SIGKILL');
});

t.test('it gets its own words, then service and server', async (t) => {
  const out = join(t.testdir(), 'out');
  const file = script(t, `printf '%s|' "$@" > ${out}`);
  await checkOnce(external(`${file} -x 'a b'`));
  t.equal(readFileSync(out, 'utf8'), '-x|a b|192.0.2.10|80|10.0.0.2|8080|');
  await checkOnce({
    ...external(file),
    family: 'inet6',
    virtual: '2001:db8::1',
    address: '2001:db8::2',
  });
  t.equal(readFileSync(out, 'utf8'), '[2001:db8::1]|80|[2001:db8::2]|8080|');
  await checkOnce({ ...external(file), virtual: '5', virtualPort: 0 });
  t.equal(readFileSync(out, 'utf8'), '5|0|10.0.0.2|8080|');
});

t.test('a command that cannot be run is down with the reason', async (t) => {
  for (const [command, message] of [
    ['/nowhere/check', 'ENOENT'],
    ['/etc/passwd', 'EACCES'],
    ['"', 'quote is left open'],
  ] as const) {
    const result = await checkOnce(external(command));
    t.equal(result.up, false);
    t.match(result.message, message);
  }
});

t.test('one that takes too long is down', async (t) => {
  t.match(await checkOnce(external(script(t, 'exec sleep 600'), 300)), {
    up: false,
    message: 'no answer within 0.3 s (checktimeout)',
  });
});

t.test('one that hangs is killed with its children', async (t) => {
  const word = `l4-hanging-${process.pid}-${Date.now()}`;
  // The leader ignores SIGTERM, and so does a child of a child; each carries the word.
  const hang = `trap "" TERM; while :; do sleep 600; done #${word}`;
  const file = script(
    t,
    `sh -c '${hang}' & sh -c 'sh -c "${hang.replaceAll('"', '\\"')}" & wait' & wait #${word}`,
  );
  const stop = new AbortController();
  const checked = checkOnce(external(`${file} ${word}`), stop.signal);
  await until(() => processesWith(word).length >= 4);
  stop.abort(new Error('time is up'));
  t.same(await checked, { up: false, message: 'time is up' });
  // SIGKILL is sent; the kernel may take a moment to bury them.
  await until(() => processesWith(word).length === 0);
  t.same(processesWith(word), []);
});

t.test('output beyond measure neither blocks it nor is kept', async (t) => {
  const file = script(t, 'head -c 3000000 /dev/zero | tr "\\0" x; exit 1');
  const { message } = await checkOnce(external(file));
  t.match(message, 'exit status 1');
  t.ok(message.length < 300);
});

t.test('a grandchild that keeps the output open delays nothing for long', async (t) => {
  const file = script(t, 'sleep 20 & echo $!; exit 0');
  const began = performance.now();
  const { up, message } = await checkOnce(external(file));
  t.equal(up, true);
  t.ok(performance.now() - began < 15_000);
  process.kill(Number(/"(\d+)"/.exec(message)?.[1]));
});

t.test(
  'without a file descriptor left it is down, and the process lives',
  async (t) => {
    const file = `./fixtures/no-descriptors${extname(import.meta.url)}`;
    const fixture = fileURLToPath(new URL(file, import.meta.url));
    const limited = ['-c', 'ulimit -n 64 && exec "$0" "$1"', process.execPath, fixture];
    const { status, stdout } = spawnSync('sh', limited, { encoding: 'utf8' });
    t.equal(status, 0);
    t.match(JSON.parse(stdout), { up: false, message: /EMFILE/ });
  },
);
