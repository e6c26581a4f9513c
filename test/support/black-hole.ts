import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Test } from 'tap';
import { until } from './engine-rig.ts';

/** A port whose accept queue is full: the kernel drops what else arrives there. */
export async function blackHole(t: Pick<Test, 'teardown'>): Promise<number> {
  const code = `const server = require('node:net').createServer();
    server.listen(0, '127.0.0.1', 1, () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', code]);
  t.teardown(() => child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  const port = Number(String(line).trim());
  child.kill('SIGSTOP');
  await until(() => / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'latin1')));
  for (let full = false; !full; ) {
    const socket = connect(port, '127.0.0.1');
    t.teardown(() => socket.destroy());
    const slow = new Promise<boolean>((wait) => setTimeout(() => wait(true), 500));
    full = await Promise.race([once(socket, 'connect').then(() => false), slow]);
  }
  return port;
}
