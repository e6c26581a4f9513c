import type { Desk } from '../../director/desk.ts';
import type { ReloadDone, ReloadOutcome } from '../../director/plan.ts';
import { type Route, refused } from '../routes.ts';
import { CHANGED, DRAIN_ORDER, DRAINED, RELOADED, WISH } from './change-shapes.ts';
import { row } from './row.ts';

/** What changes a real server, or the whole configuration. */
export interface Changes {
  readonly desk: Desk;
  /** Reads the file again; resolves when it is in force, or refused.
   *  @param by  who asks, for the audit line */
  readonly reload: (by: string) => Promise<ReloadOutcome>;
  /** What that would do. */
  readonly plan: () => Promise<ReloadOutcome>;
}

export function changeRoutes({ desk, reload, plan }: Changes): readonly Route[] {
  return [
    row({
      method: 'PATCH',
      path: '/v1/services/{service}/reals/{real}',
      summary: 'changes weight or state of a real server, or takes that back',
      query: {},
      body: WISH,
      answer: CHANGED,
      refusals: [404, 409],
      handle: ({ ids, body, by }) => desk.change(ids, body, by),
    }),
    row({
      method: 'POST',
      path: '/v1/services/{service}/reals/{real}/drain',
      summary: 'no new connections; answers when the real server is empty',
      query: {},
      body: DRAIN_ORDER,
      answer: DRAINED,
      refusals: [404, 409],
      waits: true,
      handle: ({ ids, body, by }) =>
        desk.drain(ids, { withinMs: body.withinSeconds * 1000, by }),
    }),
    row({
      method: 'POST',
      path: '/v1/reload',
      summary: 'reads the config again; answers when that is in force',
      query: {},
      answer: RELOADED,
      refusals: [422],
      waits: true,
      handle: async ({ by }) => done(await reload(by)),
    }),
    row({
      method: 'GET',
      path: '/v1/plan',
      summary: 'what a reload would change; nothing is done',
      query: {},
      answer: RELOADED,
      refusals: [422],
      waits: true,
      handle: async () => done(await plan()),
    }),
  ];
}

function done(outcome: ReloadOutcome): ReloadDone {
  if (outcome.ok) return outcome;
  const { errors } = outcome;
  throw refused(422, errors.join('\n'), { errors });
}
