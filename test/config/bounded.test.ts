import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readBounded } from '../../lib/config/bounded.ts';

const LATE =
  /^whoever writes to it did not end within 0.1 s: expected a regular file, or a pipe/;

function fifo(t: Test): string {
  const path = join(t.testdir(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

async function end(writer: WriteStream): Promise<void> {
  const closed = once(writer, 'close');
  writer.end();
  await closed;
}

t.test('a file is read whole, up to its limit', async (t) => {
  const folder = t.testdir({ empty: '', text: '\xe4'.repeat(200_000) });
  t.equal(await readBounded(join(folder, 'empty'), 5), '');
  const text = join(folder, 'text');
  t.equal((await readBounded(text, 400_000))?.length, 400_000);
  t.equal(await readBounded(text, 399_999), undefined);
  t.equal(await readBounded('/dev/zero', 100_000), undefined);
  await t.rejects(readBounded(folder, 5), { code: 'EISDIR' });
});

t.test('a pipe is read until its writer ends', async (t) => {
  const path = fifo(t);
  const reading = readBounded(path, 1000);
  const writer = createWriteStream(path);
  await once(writer, 'open');
  writer.write('virtual=');
  await new Promise((resolve) => setTimeout(resolve, 50));
  writer.write('5\n');
  await end(writer);
  t.equal(await reading, 'virtual=5\n');
});

t.test('a pipe that nobody writes to, or ends, is not waited for', async (t) => {
  const path = fifo(t);
  await t.rejects(readBounded(path, 1000, 100), { message: LATE }, 'nobody writes');
  const reading = readBounded(path, 1000, 100);
  const writer = createWriteStream(path);
  writer.write('virtual=5\n');
  await t.rejects(reading, { message: LATE }, 'nobody ends');
  await end(writer);
});
