import { randomUUID } from 'node:crypto';
import type { VirtualService } from '../model/virtual-service.ts';
import type { StateChange } from './state-change.ts';

/** What a webhook and a command are told of a change of state. A stable document (docs/alerts.md): fields
 *  are added, none changes its meaning while `schema` is 1. */
export interface Message {
  readonly schema: 1;
  /** Unique; the same in all attempts to tell it. */
  readonly id: string;
  /** Rises by 1 with each change of the service; begins anew at 1 when the director or the service does. */
  readonly sequence: number;
  /** How many changes it tells of: from before the first of them to after the last. */
  readonly changes: number;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly host: string;
  readonly kind: 'real' | 'service';
  /** `tcp:10.1.1.19:80`. */
  readonly service: string;
  /** The service's `servicename`. */
  readonly name: string | null;
  /** `10.1.1.21:80`; null: it is about the service itself. */
  readonly real: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly reason: string | null;
  readonly up: number;
  readonly reals: number;
}

/** Changes of one real server, or of the service, that are told of in one message. */
export interface Told {
  readonly change: StateChange;
  /** Of the last of them. */
  readonly sequence: number;
  readonly changes: number;
}

const LONGEST_TEXT = 1000;

export function messageOf(
  { id: service, servicename }: Pick<VirtualService, 'id' | 'servicename'>,
  { change, sequence, changes }: Told,
  host: string,
): Message {
  const { real, from, to, reason, up, reals, at } = change;
  return {
    schema: 1,
    id: randomUUID(),
    ...{ sequence, changes },
    at: new Date(at).toISOString(),
    ...{ host, kind: real === undefined ? 'service' : 'real', service },
    name: servicename === undefined ? null : clean(servicename),
    ...{ real: real ?? null, from, to },
    reason: reason === null ? null : clean(reason),
    ...{ up, reals },
  };
}

/** One line: it goes into an environment, and into chats. */
function clean(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_TEXT);
}
