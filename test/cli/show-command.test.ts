import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { openControl } from '../support/control.ts';
import { realStatus, serviceStatus, statusDocument } from '../support/status.ts';

const program = fileURLToPath(new URL('../../bin/l4director.js', import.meta.url));

/** A director called x.cf, with 100 services of 20, to be asked by the real command. */
async function largeDirector(t: Test): Promise<readonly string[]> {
  const reals = Array.from({ length: 20 }, (_, i) =>
    realStatus({ id: `10.3.0.${i}:80`, address: `10.3.0.${i}` }),
  );
  const services = Array.from({ length: 100 }, (_, i) =>
    serviceStatus({ id: `tcp:10.2.0.${i}:80`, reals }),
  );
  const { path } = await openControl(t, async () => statusDocument({ services }));
  const directory = dirname(path);
  await rename(path, join(directory, 'l4director.x.cf.sock'));
  return [program, '--runtime-dir', directory, 'x.cf', 'show'];
}

t.test('a slow reader gets all of it', async (t) => {
  const show = await largeDirector(t);
  const child = spawn(process.execPath, [...show, '--json']);
  const ended = once(child, 'exit');
  await once(child.stdout, 'readable');
  await delay(300); // the pipe is full now, and the command waits
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  t.equal(JSON.parse(text).services.length, 100);
  t.same(await ended, [0, null]);
});

t.test('a reader that goes away is no failure', async (t) => {
  const show = await largeDirector(t);
  const words = [process.execPath, ...show].map((word) => `'${word}'`).join(' ');
  const child = spawn('/bin/sh', ['-c', `${words} | head -1`]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  await once(child, 'close');
  t.match(out, /^l4director 0\.1\.0, pid 4711, [^\n]*\n$/);
  t.equal(err, '');
});
