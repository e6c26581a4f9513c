import { Writable } from 'node:stream';
import fc from 'fast-check';
import { apiRoutes } from '../../../lib/control/api/index.ts';
import { findRoute, RequestRefused, splitUrl } from '../../../lib/control/routes.ts';
import { NotFound, NotPossible } from '../../../lib/director/desk.ts';
import { mutated } from '../inputs.ts';
import { SPICE } from '../support/corpus.ts';
import { liveDirector } from '../support/live-director.ts';
import { demand, target } from '../target.ts';

const REAL = '/v1/services/tcp:10.1.1.19:80/reals/10.1.1.21:80';
export const URLS: readonly string[] = [
  ...[
    '/v1/status',
    '/v1/status?checks=5',
    '/v1/services',
    '/v1/services/tcp:10.1.1.19:80',
    '/metrics',
    '/v1/openapi.json',
  ],
  ...[
    REAL,
    `${REAL}/drain`,
    '/v1/reload',
    '/v1/plan',
    '/v1/ready?of=director',
    '/v1/role',
    '/v1/events?since=3',
    '/v1/events',
    'http://x/v1/status',
  ],
  ...[
    '/v1/connections',
    '/v1/connections?service=tcp:10.1.1.19:80&server=10.1.1.21:80&most=5',
    '/v1/connections?id=0-17',
  ],
  ...[
    '/v1/persistence',
    '/v1/persistence?service=tcp%3A10.1.1.19%3A80&client=192.0.2.7',
    '/v1/services/fwm:5/reals/a',
  ],
];
const URL_WORDS = [
  ...URLS,
  ...[
    '?',
    '&',
    '=',
    '%2f',
    '%',
    '%2',
    '%ff',
    '/',
    '..',
    '{service}',
    '/reals/',
    '/drain',
    '/v1/',
    'service=',
    'most=',
    'id=',
  ],
  ...SPICE,
];
export const BODIES: readonly string[] = [
  ...[
    '{"weight":5}',
    '{"weight":null}',
    '{"state":"drain"}',
    '{"weight":0,"state":"maintenance"}',
    '{"withinSeconds":0}',
  ],
  ...[
    '{"withinSeconds":86400}',
    '{"role":"standby"}',
    '{"service":"tcp:10.1.1.19:80"}',
    '{"weight":1e400}',
    '{"a":{"b":[]}}',
    '[]',
    'null',
    '""',
  ],
];
const BODY_WORDS = [
  ...[
    '"weight"',
    '"state"',
    '"withinSeconds"',
    '"ready"',
    '"__proto__":',
    ':',
    ',',
    '{',
    '}',
    '[',
    ']',
    '1e999',
    '-0',
    '\\u0000',
  ],
  ...BODIES,
  ...SPICE,
];
const METHODS = ['GET', 'HEAD', 'PATCH', 'POST', 'DELETE', 'PUT', 'OPTIONS', 'get', ''];

/** A request of the control socket, behind Node's parser: its route, query, body and headers. */
export const controlHttp = target({
  kind: 'pure',
  covers: 'lib/control/{routes,api/*}.ts',
  boundMs: 250,
  inputs: fc.record({
    method: fc.constantFrom(...METHODS),
    url: mutated(URLS, URL_WORDS).map((text) => text.slice(0, 8_192)),
    body: fc.oneof(fc.constantFrom(...BODIES), mutated(BODIES, BODY_WORDS)),
    header: fc.oneof(
      fc.constantFrom('application/json', 'text/event-stream', '42', '*/*'),
      mutated(['application/json'], [...SPICE]),
    ),
  }),
  async open() {
    const live = await liveDirector();
    const { status, reload, director, standing } = live;
    const failed = (error: unknown) => {
      throw error;
    };
    const routes = apiRoutes({
      status,
      reload,
      plan: reload,
      desk: director.desk,
      standing,
      families: async () => [],
      haproxyNames: () => true,
      failed,
    });
    async function answered({ method, url, body, header }: Asking): Promise<unknown> {
      const { route, ids } = findRoute(routes, method, url);
      const { query } = splitUrl(url);
      const given = route.body ? json(body) : undefined;
      return route.handler({
        ids,
        query,
        body: given,
        header: () => header,
        by: async () => 'uid 0 (root)',
      });
    }
    return {
      async take(asking: Asking) {
        const answer = await answered(asking).catch(refusal);
        if (isStream(answer)) stream(answer);
        else demand(Buffer.isBuffer(answer), () => `no bytes: ${answer}`);
      },
      [Symbol.asyncDispose]: () => live[Symbol.asyncDispose](),
    };
  },
});

interface Asking {
  readonly method: string;
  readonly url: string;
  readonly body: string;
  readonly header: string;
}

interface Begins {
  begin(client: Writable): void;
}

function isStream(answer: unknown): answer is Begins {
  return typeof answer === 'object' && answer !== null && 'begin' in answer;
}

/** Begins it for a client that goes. */
function stream({ begin }: Begins): void {
  const client = new Writable({ write: (_, __, done) => done() });
  begin(client);
  client.destroy();
}

/** What a client is told of it. */
function refusal(error: unknown): Buffer {
  const known = [RequestRefused, NotFound, NotPossible].some(
    (kind) => error instanceof kind,
  );
  if (!known) throw error;
  return Buffer.from(
    error instanceof RequestRefused ? JSON.stringify(error.refusal) : String(error),
  );
}

/** Text that is none is refused before it comes to a route. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
