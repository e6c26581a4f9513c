import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../lab/network.ts';
import { csvRows } from '../../support/line-client.ts';
import { PORT, REALS, VIP } from '../places.ts';
import { ask, order } from './line.ts';
import type { Subject } from './subject.ts';

const WITHIN_MS = 15_000;
const AGAIN_MS = 300;
/** A file that it refuses is refused by then. */
const REFUSED_MS = 500;

/** Debian's HAProxy with a master, which reloads it without a gap; checking as the director does.
 *  @param more  lines of its service, and further sections */
export async function haproxy(host: Host, more: string): Promise<Subject> {
  const file = join(host.folder, 'haproxy.cfg');
  const socket = join(host.folder, 'haproxy.sock');
  const config = `${configuration(socket)}${more}`;
  await writeFile(file, config);
  const master = host.spawn('/usr/sbin/haproxy', ['-W', '-db', '-f', file], {
    stdio: 'ignore',
  });
  const leads = async (name: string) => {
    const rows = csvRows(await ask(socket, 'show stat'));
    return rows.some(
      ({ svname, status }) => svname === name && status?.startsWith('UP'),
    );
  };
  const pid = async () =>
    Number(/^Pid: (\d+)$/m.exec(await ask(socket, 'show info'))?.[1]);
  const renew = async () => {
    const before = await pid();
    let told = Number.NEGATIVE_INFINITY;
    await until(async () => {
      // A master that is just reading its file again does not hear it.
      if (performance.now() - told > AGAIN_MS) {
        master.kill('SIGUSR2');
        told = performance.now();
      }
      return ![before, Number.NaN].includes(await pid());
    });
  };
  return {
    name: 'haproxy',
    async start() {
      for (const name of Object.keys(REALS)) await until(() => leads(name));
    },
    async reload(broken = false) {
      if (!broken) return renew();
      await writeFile(file, 'nonsense\n');
      master.kill('SIGUSR2');
      await sleep(REFUSED_MS);
      await writeFile(file, config);
    },
    upgrade: renew,
    pid,
    set: (name, wish) => order(socket, `set server service/${name} ${wish}`),
    leads,
    async [Symbol.asyncDispose]() {
      const ended = once(master, 'exit');
      master.kill('SIGTERM');
      await ended;
    },
  };
}

function configuration(socket: string): string {
  const servers = Object.entries(REALS).map(
    ([name, address]) =>
      `  server ${name} ${address}:${PORT} check inter 1s fall 1 rise 1\n`,
  );
  return `global
  stats socket ${socket} mode 600 level admin expose-fd listeners
  maxconn 8000
defaults
  mode tcp
  maxconn 8000
  retries 3
  option redispatch 1
  timeout connect 3s
  timeout check 3s
  timeout client 1h
  timeout server 1h
listen service
  bind ${VIP}:${PORT} backlog 4096
  balance roundrobin
  option httpchk GET /check
${servers.join('')}`;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  while (!(await what())) {
    if (performance.now() > deadline) throw new Error(`haproxy: not in time: ${what}`);
    await sleep(25);
  }
}
