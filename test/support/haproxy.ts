import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { socketPath } from './socket-path.ts';

/** Starts Debian's HAProxy with sockets for its commands, on Unix sockets only; gone with the test.
 *  @param proxies  config sections; FRONT stands for a socket to listen on
 *  @returns        paths of the socket for all and of the one for looking */
export async function startHaproxy(
  t: Test,
  proxies: string,
): Promise<{ readonly admin: string; readonly user: string }> {
  const admin = socketPath(t);
  const user = join(dirname(admin), 'user.sock');
  const file = join(dirname(admin), 'haproxy.cfg');
  const head = [
    'global',
    ` stats socket ${admin} mode 600 level admin`,
    ` stats socket ${user} mode 600 level user`,
    ' maxconn 100',
    'defaults',
    ' mode tcp',
    ' timeout connect 1s',
    ' timeout client 10s',
    ' timeout server 10s',
  ];
  writeFileSync(
    file,
    `${head.join('\n')}\n${proxies.replaceAll('FRONT', join(dirname(admin), 'f'))}\n`,
  );
  const child = spawn('/usr/sbin/haproxy', ['-f', file, '-db'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  t.teardown(() => child.kill('SIGKILL'));
  const deadline = performance.now() + 10_000;
  while (!(await listens(user))) {
    if (performance.now() > deadline || child.exitCode !== null)
      throw new Error(`haproxy does not start: ${said}`);
    await sleep(50);
  }
  return { admin, user };
}

function listens(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
