import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { WebUser } from '../../config/web.ts';
import type { Desk } from '../../director/desk.ts';
import type { Log } from '../../model/log.ts';
import type { StatusDocument } from '../../model/status.ts';
import type { Live } from './live.ts';
import type { Door } from './login.ts';
import { Refused } from './refused.ts';
import type { Session } from './sessions.ts';
import type { Visitors } from './visitors.ts';

/** What the routes work with. */
export interface Site {
  readonly status: (checks: number) => Promise<StatusDocument>;
  readonly desk: Desk;
  readonly live: Live;
  readonly door: Door;
  readonly log: Log;
  readonly visitors: Pick<Visitors, 'stay'>;
  /** As they count now. */
  readonly users: () => readonly WebUser[];
  /** The cookie's name: cookies do not know ports, and two directors may share a host. */
  readonly cookie: string;
  readonly tls: boolean;
}

/** What goes with a request. */
export interface Visit {
  Bindings: HttpBindings;
  Variables: { session: Session };
}

/** @throws Refused */
export async function jsonOf(c: Context<Visit>): Promise<unknown> {
  const text = await c.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(400, 'the body is no JSON');
  }
}

export function mayChange({ user }: Session): boolean {
  return user === undefined || user.role === 'admin';
}
