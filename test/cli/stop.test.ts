import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { estateSocket } from '../../lib/instance/beside.ts';
import { HANDED_OVER } from '../../lib/instance/process.ts';
import { runAction } from '../support/l4director.ts';
import { lab } from '../support/lab.ts';
import { socketPath } from '../support/socket-path.ts';

/** A process of that title which takes half a second to end, and whose exit code says how often it was told to.
 *  @param before  whom it tells then */
async function aProcess(t: Test, title: string, before?: number) {
  const script = `
    process.title = ${JSON.stringify(title)};
    let told = 0;
    process.on('SIGTERM', () => {
      if (told++ === 0) setTimeout(() => {
        if (${before}) process.kill(${before}, 'SIGTERM');
        process.exit(told);
      }, 500);
    });
    console.log('x'); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return { pid: child.pid ?? 0, gone: once(child, 'exit'), child };
}

/** As a director that has handed over has one. @returns its path */
async function answersAt(t: Test, folder: string, instance: string, pid: number) {
  const path = estateSocket(join(folder, `l4director.${instance}.sock`), pid);
  const server = createServer();
  t.teardown(() => server.close());
  await once(server.listen(`${path}.made`), 'listening');
  renameSync(`${path}.made`, path);
  return path;
}

t.test('those who go on for a director that was killed are ended', async (t) => {
  const folder = dirname(socketPath(t));
  const first = await aProcess(t, HANDED_OVER);
  const second = await aProcess(t, HANDED_OVER, first.pid);
  const another = await aProcess(t, HANDED_OVER);
  const stranger = await aProcess(t, 'another program');
  for (const { pid } of [first, second, stranger])
    await answersAt(t, folder, 'x.cf', pid);
  await answersAt(t, folder, 'y.cf', another.pid);
  t.match(await runAction(folder, 'restart'), { code: 1 });
  t.equal(second.child.exitCode, null, 'not where there is no config to start with');
  t.match(await runAction(folder, 'stop'), { code: 0, stdout: '', stderr: /^$/ });
  t.same(await second.gone, [1, null]);
  t.same(await first.gone, [1, null], 'each is told once');
  for (const { child } of [another, stranger]) t.equal(child.exitCode, null);
});

t.test('a user’s socket names no process of another', lab('root'), async (t) => {
  const folder = dirname(socketPath(t));
  const roots = await aProcess(t, HANDED_OVER);
  chownSync(await answersAt(t, folder, 'x.cf', roots.pid), 65_534, 65_534);
  await runAction(folder, 'stop');
  t.equal(roots.child.exitCode, null);
});
