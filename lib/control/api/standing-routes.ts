import { READY_OF, type Readiness, type ReadyOf } from '../../model/readiness.ts';
import type { Role, RoleStatus, RoleTaken } from '../../model/role.ts';
import { type Route, refused } from '../routes.ts';
import { words } from './query.ts';
import { row } from './row.ts';
import { exactly, nullable, object, type Shape, text, time } from './shape.ts';
import { ROLE } from './status-shapes.ts';

/** What engines of high availability ask, and say. */
export interface Standing {
  /** Told from memory, at once. */
  readiness(of: ReadyOf): Readiness;
  role(): RoleStatus;
  /** Settles when its command has ended. @param by  who asks, for the log */
  takeRole(role: Role, by: string): Promise<RoleTaken>;
}

const READY = object<Readiness & { readonly ready: true }>('Ready', {
  ready: exactly(true),
  words: text('how it is'),
});

const WHOSE = {
  role: ROLE,
  by: nullable(text('who said so'), 'null: nobody has said'),
  since: nullable(time()),
};
export const ROLE_STATUS: Shape<RoleStatus> = object<RoleStatus>('RoleStatus', WHOSE);
export const ROLE_TAKEN: Shape<RoleTaken> = object<RoleTaken>('RoleTaken', {
  ...WHOSE,
  before: ROLE,
  problem: nullable(
    text(),
    'why `role-command` failed, or the role would not outlive the director',
  ),
});
const ROLE_WISH = object<{ readonly role: Role }>('RoleWish', { role: ROLE });

const OF = {
  of: {
    ...words('what is to be ready', READY_OF.join(' or '), 'director'),
    read: (given: string) => READY_OF.find((name) => name === given),
  },
};

/** Readiness, and the role of a pair. */
export function standingRoutes(standing: Standing): readonly Route[] {
  return [
    row({
      method: 'GET',
      path: '/v1/ready',
      summary: 'whether clients would be served here: 200, or 503 and why not',
      query: OF,
      answer: READY,
      refusals: [503],
      async handle({ query: { of } }) {
        const wanted = READY_OF.find((name) => name === of) ?? 'services';
        const { ready, words } = standing.readiness(wanted);
        if (!ready) throw refused(503, words);
        return { ready, words };
      },
    }),
    row({
      method: 'GET',
      path: '/v1/role',
      summary: 'its role in a pair',
      query: {},
      answer: ROLE_STATUS,
      refusals: [],
      handle: async () => standing.role(),
    }),
    row({
      method: 'POST',
      path: '/v1/role',
      summary: 'takes a role; answers when role-command has ended',
      query: {},
      body: ROLE_WISH,
      answer: ROLE_TAKEN,
      refusals: [],
      waits: true,
      handle: ({ body, by }) => standing.takeRole(body.role, by),
    }),
  ];
}
