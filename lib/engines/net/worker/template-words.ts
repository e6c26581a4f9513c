import type { LeftClients } from '../../../model/heritage.ts';
import type { PersistenceEntry } from '../../../model/traffic.ts';
import { clientName } from '../../client-key.ts';
import { type Persistence, RECHECK_MS, type Template } from './persistence.ts';
import type { RealServer } from './real-server.ts';

/** One of {@link LeftClients}. */
export interface Left extends Pick<LeftClients, 'service' | 'server' | 'netmask'> {
  readonly client: string;
  readonly end: number;
}

/** What of a template outlives the process, or its place in one worker. What only an open connection holds lives on
 *  for as long as after a look at it: whether that ends is not seen from there.
 *  @param now  on the table's clock */
export function leftOf(
  { server, key, expires, open }: Template<Pick<RealServer, 'service' | 'id'>>,
  netmask: string | undefined,
  now: number,
): Left {
  const least = open > 0 ? RECHECK_MS : Number.NEGATIVE_INFINITY;
  const leftMs = Math.max(expires - now, least);
  return {
    service: server.service,
    server: server.id,
    netmask: netmask ?? null,
    client: Buffer.from(key, 'latin1').toString('hex'),
    end: Math.round(Date.now() + leftMs),
  };
}

/** The same with what has become of it, an end of 0: forgotten; undefined: another one has its place. */
export function newsOf(
  template: Template<RealServer>,
  persistence: Persistence<RealServer>,
  netmask: string | undefined,
  now: number,
): Left | undefined {
  const left = leftOf(template, netmask, now);
  if (persistence.has(template)) return left;
  return persistence.find(template.key) ? undefined : { ...left, end: 0 };
}

/** Clients of an earlier run, or with `merges` of a director that is at work, at that server. */
export function restore(
  { clients, ends }: LeftClients,
  server: RealServer,
  persistence: Persistence<RealServer>,
  merges: boolean,
): void {
  const now = Date.now();
  for (const [at, client] of clients.entries()) {
    const leftMs = (ends[at] ?? 0) - now;
    const key = Buffer.from(client, 'hex').toString('latin1');
    if (merges) persistence.merge(key, server, leftMs);
    else if (leftMs > 0) persistence.restore(key, server, leftMs);
  }
}

/** As operators see it.
 *  @param now  on the table's clock */
export function entryOf(
  { key, server, expires }: Template<RealServer>,
  netmask: string | undefined,
  now: number,
): PersistenceEntry {
  return {
    service: server.service,
    server: server.id,
    client: clientName(key, netmask),
    expiresSeconds: Math.ceil(Math.max(0, expires - now) / 1000),
  };
}
