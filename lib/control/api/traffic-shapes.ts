import type { Connection, PersistenceEntry } from '../../model/traffic.ts';
import type { ConnectionList, PersistenceList } from '../calls.ts';
import { amount, count, list, nullable, object, text, time, word } from './shape.ts';
import { SERVICE_ID } from './status-shapes.ts';

export const CONNECTION = object<Connection>('Connection', {
  id: text('letters, digits and `-`'),
  service: SERVICE_ID,
  server: nullable(text(), "a real server's id, or `fallback:ADDRESS:PORT`"),
  client: text('`192.0.2.7:51234`'),
  protocol: word(['tcp', 'udp']),
  state: word(['opening', 'open', 'half-closed', 'closing']),
  since: nullable(time()),
  bytesIn: nullable(count(), 'null where nobody counts'),
  bytesOut: nullable(count(), 'null where nobody counts'),
});

export const PERSISTENCE = object<PersistenceEntry>('Persistence', {
  service: SERVICE_ID,
  server: text("a real server's id, or `fallback:ADDRESS:PORT`"),
  client: text('an address, or a network: `192.0.2.0/24`'),
  expiresSeconds: amount(),
});

export const CONNECTIONS = object<ConnectionList>('Connections', {
  connections: list(CONNECTION),
  total: count('that there are, be they listed or not'),
});

export const ENTRIES = object<PersistenceList>('PersistenceEntries', {
  persistence: list(PERSISTENCE),
  total: count('that there are, be they listed or not'),
});

export const ENDED = object<{ readonly ended: number }>('Ended', { ended: count() });

export const FORGOTTEN = object<{ readonly forgotten: number }>('Forgotten', {
  forgotten: count(),
});
