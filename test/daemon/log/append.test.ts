import { execFileSync } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { appendTo } from '../../../lib/daemon/log/append.ts';
import { until } from '../../support/site.ts';

function anAppender(t: Test, path: string) {
  const troubles: string[] = [];
  const file = appendTo(path, {
    lost: (count) => `${count} lost\n`,
    failing: (reason) => void troubles.push(reason),
  });
  t.teardown(() => file.close(100));
  return { file, troubles };
}

const holds = (path: string, text: string) =>
  until(
    () => existsSync(path) && readFileSync(path, 'utf8') === text,
    `${path}: ${text}`,
  );

t.test('a file that was moved away is left, and made anew', async (t) => {
  const path = join(t.testdir(), 'monitor');
  const { file } = anAppender(t, path);
  file.push('one\n');
  await holds(path, 'one\n');
  renameSync(path, `${path}.1`);
  file.push('two\n');
  await holds(path, 'two\n');
  t.equal(readFileSync(`${path}.1`, 'utf8'), 'one\n');
});

t.test('what was left within a line gets its end first', async (t) => {
  const path = join(t.testdir({ monitor: 'half a li' }), 'monitor');
  const { file } = anAppender(t, path);
  file.push('one\n');
  await holds(path, 'half a li\none\n');
  file.push('two\n');
  await holds(path, 'half a li\none\ntwo\n');
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'whole\n');
  file.push('three\n');
  await holds(path, 'whole\nthree\n');
});

t.test('trouble is told once, and lines wait for its end', async (t) => {
  const folder = t.testdir({});
  const path = join(folder, 'late', 'monitor');
  const { file, troubles } = anAppender(t, path);
  file.push('one\n');
  await until(() => troubles.length > 0, 'the trouble');
  file.push('two\n');
  execFileSync('mkdir', [join(folder, 'late')]);
  await holds(path, 'one\ntwo\n');
  t.match(troubles, [/ENOENT/]);
});

t.test('a FIFO that nobody reads holds nothing up', async (t) => {
  const path = join(t.testdir(), 'fifo');
  execFileSync('mkfifo', [path]);
  const { file, troubles } = anAppender(t, path);
  file.push('one\n');
  await until(() => troubles.length > 0, 'the trouble');
  t.match(troubles, [/ENXIO/]);
  const reader = createReadStream(path, 'utf8');
  t.teardown(() => reader.destroy());
  let read = '';
  reader.on('data', (text) => {
    read += text;
  });
  await until(() => read === 'one\n', 'its lines, once somebody reads');
});
