import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Test } from 'tap';
import { readStatus } from '../../lib/control/index.ts';
import type { StatusDocument } from '../../lib/model/status.ts';
import type { NameServer } from './name-server.ts';
import { freePort, Site } from './site.ts';

/** Of a large answer, in bytes. */
export const LARGE = 8 << 20;

/** Web servers at 127.0.0.2, .3 ..., all on one port. */
export interface Webs {
  readonly port: number;
  /** Of all of them, by the last byte of the address: connections that they took. */
  readonly taken: Map<string, number>;
}

export async function webs(t: Test, count: number): Promise<Webs> {
  const port = await freePort();
  const taken = new Map<string, number>();
  for (let n = 2; n < 2 + count; n++) {
    const address = `127.0.0.${n}`;
    const server = createServer(async ({ url }, response) => {
      if (url !== '/large') return response.end(address);
      response.setHeader('x-who', address);
      const chunk = Buffer.alloc(LARGE / 64);
      for (let sent = 0; sent < LARGE; sent += chunk.length) {
        response.write(chunk);
        await delay(60);
      }
      return response.end();
    });
    server.on('connection', () => taken.set(address, (taken.get(address) ?? 0) + 1));
    server.listen(port, address);
    await once(server, 'listening');
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
  }
  return { port, taken };
}

/** A director with one service whose real servers have a name. */
export interface Stage {
  readonly site: Site;
  readonly virtual: number;
  status(): Promise<StatusDocument>;
  /** Waits until the service has these real servers up, and no others. */
  has(...addresses: readonly string[]): Promise<void>;
  get(): Promise<string>;
  /** `count` requests: how many each server got. */
  shares(count: number): Promise<Record<string, number>>;
}

const PATIENCE_MS = 20_000;

/** @param from  its reals-from
 *  @param dns   further lines of [dns]; who is not named any more goes at once */
export async function stage(
  t: Test,
  { port }: Pick<NameServer, 'port'>,
  from: string,
  dns = '',
): Promise<Stage> {
  const virtual = await freePort();
  const site = new Site(
    t,
    `checkinterval=1\nquiescent=no\nlogfile="LOG"\nvirtual=127.0.0.1:${virtual}\n    checktype=connect\n    scheduler=wrr\n`,
  );
  site.writeIni(
    `[dns]\nservers = 127.0.0.1:${port}\nhold = no\n${dns}\n[service tcp:127.0.0.1:${virtual}]\nreals-from = ${from}\n`,
  );
  const socket = join(site.runtimeDir, 'l4director.a.cf.sock');
  const status = () => readStatus(socket, { timeoutMs: 20_000 });
  const get = async () => {
    const response = await fetch(`http://127.0.0.1:${virtual}/`, {
      headers: { connection: 'close' },
    });
    return response.text();
  };
  return {
    ...{ site, virtual, status, get },
    async has(...addresses) {
      const end = performance.now() + PATIENCE_MS;
      for (;;) {
        const [service] = (await status()).services;
        const there = service?.reals.map(
          ({ address, state, weight }) => `${address} ${state} ${weight > 0}`,
        );
        const wanted = addresses.map((address) => `${address} up true`);
        if (String(there) === String(wanted)) return;
        if (performance.now() > end)
          throw new Error(`there are ${there}\n${site.logText}`);
        await delay(20);
      }
    },
    async shares(count) {
      const got: Record<string, number> = {};
      for (let n = 0; n < count; n++) {
        const who = await get();
        got[who] = (got[who] ?? 0) + 1;
      }
      return got;
    },
  };
}
