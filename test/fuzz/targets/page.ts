import { Writable } from 'node:stream';
import fc from 'fast-check';
import { createApp } from '../../../lib/control/web/app.ts';
import { createLive } from '../../../lib/control/web/live.ts';
import { createDoor } from '../../../lib/control/web/login.ts';
import type { Log } from '../../../lib/model/log.ts';
import { silent } from '../../support/control.ts';
import { ANNA, BERT, REF } from '../../support/web-users.ts';
import { mutated } from '../inputs.ts';
import { SPICE } from '../support/corpus.ts';
import { liveDirector } from '../support/live-director.ts';
import { demand, target } from '../target.ts';

const AT = 'http://127.0.0.1:9080';
const COOKIE = 'l4director-9080';
/** Stands for a session's own, which is another in each run. */
const TOKEN = '@token@';
const CSRF = '@csrf@';
const REAL = JSON.stringify(REF).slice(1, -1);
export const PATHS = [
  '/',
  '/api/session',
  '/api/login',
  '/api/logout',
  '/api/live',
  '/api/checks',
  '/api/real',
  '/api/drain',
  '/page.css',
  '/main.js',
];
const QUERY = '?service=tcp:10.1.1.19:80&real=10.1.1.21:80';
const FORMS = [
  ...[
    `{${REAL},"weight":5}`,
    `{${REAL},"state":"drain"}`,
    `{${REAL},"weight":null,"state":"ready"}`,
    `{${REAL},"withinSeconds":0}`,
  ],
  ...[
    '{"user":"anna","password":"hunter2"}',
    '{"user":"x","password":"y"}',
    '{}',
    '[]',
    'null',
    '',
  ],
];
const FORM_WORDS = [
  ...FORMS,
  '"weight":',
  '"state":',
  '"user":',
  '"password":',
  '"__proto__":',
  '{',
  '}',
  '1e999',
  ...SPICE,
];
const COOKIES = [
  `${COOKIE}=${TOKEN}`,
  `${COOKIE}=`,
  `a=b; ${COOKIE}=${TOKEN}; c`,
  `__Host-${COOKIE}=${TOKEN}`,
  `${COOKIE}=x`,
];
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  cookie: COOKIES,
  'x-csrf-token': [CSRF, '', 'x'],
  'content-type': [
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    '',
  ],
  host: ['127.0.0.1:9080', 'localhost', 'evil.example', '[::1]:9080'],
  origin: [AT, 'http://evil.example', 'null'],
  'sec-fetch-site': ['same-origin', 'cross-site', 'none'],
  'if-none-match': ['"x"', '*'],
};
const good = Object.fromEntries(
  Object.entries(HEADERS).map(([name, [first = '']]) => [name, first]),
);
const other = fc.record(
  Object.fromEntries(
    Object.entries(HEADERS).map(([name, values]) => [
      name,
      fc.oneof(fc.constantFrom(...values), mutated(values, [...values, ...SPICE])),
    ]),
  ),
  { requiredKeys: [] },
);

interface Asking {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request of the page, behind Node's parser: its forms, cookies and headers. */
export const page = target({
  kind: 'pure',
  covers: 'lib/control/web/*.ts',
  boundMs: 2_000, // what a password costs
  inputs: fc.record({
    method: fc.constantFrom('GET', 'POST', 'PATCH', 'POST', 'PATCH', 'HEAD', 'PUT'),
    path: fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(...PATHS.flatMap((path) => [path, path + QUERY])),
      },
      {
        weight: 1,
        arbitrary: mutated(PATHS, [...PATHS, QUERY, '%2f', '%', '?', ...SPICE]),
      },
    ),
    headers: fc.oneof(
      { weight: 3, arbitrary: fc.constant(good) },
      { weight: 1, arbitrary: other.map((some) => Object.assign({}, good, some)) },
    ),
    body: fc.oneof(fc.constantFrom(...FORMS), mutated(FORMS, FORM_WORDS)),
  }),
  async open() {
    const live = await liveDirector();
    const { desk } = live.director;
    const errors: string[] = [];
    const log: Log = { ...silent, error: (message) => void errors.push(message) };
    const users = () => [ANNA, BERT];
    const door = createDoor(users, log);
    const seen = createLive({ status: live.status, desk });
    const visitors = { stay() {} };
    const app = createApp({
      status: live.status,
      desk,
      live: seen,
      door,
      log,
      visitors,
      users,
      cookie: COOKIE,
      tls: false,
    });
    let session = door.sessions.open(ANNA);
    return {
      async take({ method, path, headers, body }: Asking) {
        session = door.sessions.find(session.token) ?? door.sessions.open(ANNA);
        const { token, csrf } = session;
        const own = (text: string) =>
          text.replaceAll(TOKEN, token).replaceAll(CSRF, csrf);
        const outgoing = answering();
        const given = Object.entries(headers).map(([name, value]): [string, string] => [
          name,
          valid(own(value)),
        ]);
        const at = AT + path.replace(/^(?!\/)/, '/');
        const url = URL.canParse(at) ? at : AT;
        const asked = new Request(url, {
          method,
          headers: given,
          ...(['GET', 'HEAD'].includes(method) ? {} : { body }),
        });
        const env = {
          incoming: { errored: null, socket: { remoteAddress: '192.0.2.7' } },
          outgoing,
        };
        const answer = await app.fetch(asked, env);
        await answer.text();
        outgoing.destroy();
        demand(errors.length === 0, () => errors.splice(0).join('\n'));
        demand(answer.status < 500 || answer.status === 503, () => `${answer.status}`);
      },
      async [Symbol.asyncDispose]() {
        seen.close();
        await live[Symbol.asyncDispose]();
      },
    };
  },
});

/** What Node's parser lets through. */
function valid(value: string): string {
  return value.replace(/[^\t\x20-\x7e\x80-\xff]/g, '').trim();
}

/** Where a stream is written that nobody reads. */
function answering(): Writable {
  const outgoing = new Writable({ write: (_, __, done) => done() });
  return Object.assign(outgoing, { writeHead: () => outgoing });
}
