import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { open } from '../../../lib/control/client.ts';
import type { Daemon } from '../../lab/daemon.ts';
import { server } from '../../lab/daemon.ts';
import type { Host } from '../../lab/network.ts';
import { PORT, REALS, VIP } from '../places.ts';
import { order } from './line.ts';
import type { Subject } from './subject.ts';

const UP_MS = 15_000;
const RELOADED_MS = 15_000;
const BROKEN = 'virtual=nowhere\n';

/** Its control socket. */
export function socketOf({ folder }: Host): string {
  return join(folder, 'run', 'l4director.ldirectord.cf.sock');
}

/** A real server, by its name here, as it is called on that socket. */
export function realOf(name: string): string {
  return `tcp:${VIP}:${PORT}/${REALS[name]}:${PORT}`;
}

/** The daemon by its commands.
 *  @param config  the text that is in force */
export function l4director(daemon: Daemon, config: string, host: Host): Subject {
  const does = async (word: string, code = 0) => {
    const answer = await daemon.command(word);
    if (answer.code !== code) throw new Error(`${word}: ${JSON.stringify(answer)}`);
  };
  return {
    name: 'l4director',
    async start() {
      await does('start');
      await daemon.until(
        ({ reals }) => reals.every((real) => real.state === 'up'),
        UP_MS,
      );
    },
    async reload(broken = false) {
      if (!broken) return counted(socketOf(host), 'ok', () => does('reload'));
      await counted(socketOf(host), 'refused', async () => {
        await daemon.write(BROKEN);
        const answer = await daemon.command('reload');
        if (answer.code === 0) throw new Error('a broken file was taken');
      });
      await daemon.write(config);
    },
    async upgrade() {
      const before = await daemon.pid();
      await does('upgrade');
      if ((await daemon.pid()) === before) throw new Error('it is the same process');
    },
    pid: () => daemon.pid(),
    set: (name, wish) => order(socketOf(host), `set server ${realOf(name)} ${wish}`),
    async leads(name) {
      const id = `${REALS[name]}:${PORT}`;
      return server(await daemon.service(), id).weight > 0;
    },
    [Symbol.asyncDispose]: () => daemon.stop(),
  };
}

/** Until the director has counted what was asked for: a signal alone shows nothing. */
async function counted(
  socket: string,
  result: 'ok' | 'refused',
  asks: () => Promise<void>,
): Promise<void> {
  const before = await reloads(socket, result);
  await asks();
  const deadline = performance.now() + RELOADED_MS;
  while ((await reloads(socket, result)) === before) {
    if (performance.now() > deadline) throw new Error(`no reload was ${result}`);
    await sleep(20);
  }
}

async function reloads(socket: string, result: string): Promise<number> {
  const call = { method: 'GET', path: '/metrics' } as const;
  const found = await text(await open(socket, call, AbortSignal.timeout(RELOADED_MS)));
  const line = new RegExp(`_reloads_total\\{result="${result}"\\} (\\d+)`);
  const count = line.exec(found)?.[1];
  if (count === undefined) throw new Error('reloads are not counted');
  return Number(count);
}
