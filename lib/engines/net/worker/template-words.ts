import type { LeftClients } from '../../../model/heritage.ts';
import type { PersistenceEntry } from '../../../model/traffic.ts';
import { clientName } from '../../client-key.ts';
import { RECHECK_MS, type Template } from './persistence.ts';
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
