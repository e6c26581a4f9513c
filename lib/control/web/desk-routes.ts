import type { Hono } from 'hono';
import { NotFound } from '../../director/desk.ts';
import type { RealRef } from '../../model/override.ts';
import { reasonOf } from '../../model/reason.ts';
import { MOST_CHECKS, type RealStatus } from '../../model/status.ts';
import { within } from '../../model/within.ts';
import { readChange, readDrain } from './bodies.ts';
import { Refused } from './refused.ts';
import type { Session } from './sessions.ts';
import { jsonOf, type Site, type Visit } from './site.ts';
import type { ChangedAnswer, ChecksAnswer } from './wire.ts';

const ANSWER_MS = 8_000;
/** So soon a drain says that it cannot begin. */
const BEGIN_MS = 100;

/** What the page shows of one real server, and changes of it. */
export function serveDesk(app: Hono<Visit>, site: Site): void {
  const { desk } = site;
  app.get('/api/checks', async (c) => {
    const { service = '', real = '' } = c.req.query();
    const { checks = [] } = await find(site, { service, real }, MOST_CHECKS);
    return c.json({ checks } satisfies ChecksAnswer);
  });
  app.patch('/api/real', async (c) => {
    const { service, real, wish } = readChange(await jsonOf(c));
    const { before, warning } = await desk.change(
      { service, real },
      wish,
      byOf(c.get('session')),
    );
    const told = warning === undefined ? {} : { warning };
    return c.json({ service, real, before, ...told } satisfies ChangedAnswer);
  });
  app.post('/api/drain', async (c) => {
    const { service, real, withinSeconds } = readDrain(await jsonOf(c));
    const ref = { service, real };
    const { override: before } = await find(site, ref, 0);
    await beginDrain(site, ref, withinSeconds * 1000, byOf(c.get('session')));
    return c.json({ ...ref, before } satisfies ChangedAnswer, 202);
  });
}

/** Drains on after it has answered; all who look hear of its end. */
async function beginDrain(
  { desk, live }: Site,
  ref: RealRef,
  withinMs: number,
  by: string,
): Promise<void> {
  const drained = desk
    .drain(ref, { withinMs, by })
    .then(({ ended, seconds, warning }) =>
      live.tell({
        type: 'drained',
        drained: {
          ...{ ...ref, problem: null, ended, seconds },
          ...(warning === undefined ? {} : { warning }),
        },
      }),
    );
  let begun = false;
  drained.catch((error: unknown) => {
    const problem = reasonOf(error);
    if (begun)
      live.tell({
        type: 'drained',
        drained: { ...ref, problem, ended: 0, seconds: 0 },
      });
  });
  await within(BEGIN_MS, drained, () => undefined);
  begun = true;
}

/** @throws NotFound, Refused */
async function find(
  { status }: Site,
  { service, real }: RealRef,
  checks: number,
): Promise<RealStatus> {
  const late = () =>
    Promise.reject(
      new Refused(503, `no answer from the director within ${ANSWER_MS / 1000} s`),
    );
  const { services } = await within(ANSWER_MS, status(checks), late);
  const found = services
    .find(({ id }) => id === service)
    ?.reals.find(({ id }) => id === real);
  if (!found) throw new NotFound(`there is no real server ${real} in ${service}`);
  return found;
}

/** As audit lines and overrides name it. */
function byOf({ user }: Session): string {
  return user ? `page user ${user.name}` : 'page (no login)';
}
