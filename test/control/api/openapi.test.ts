import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import t from 'tap';
import { apiRoutes } from '../../../lib/control/api/index.ts';
import type { DirectorEvent, Happening } from '../../../lib/model/event.ts';
import { openContract } from '../../support/contract.ts';
import { controlOptions, openControl } from '../../support/control.ts';
import {
  agentStatus,
  realStatus,
  serviceStatus,
  statusDocument,
} from '../../support/status.ts';

const FILE = fileURLToPath(new URL('../../../../docs/openapi.json', import.meta.url));
const WEB = '/v1/services/tcp:10.1.1.19:80';
const ONE = `${WEB}/reals/10.1.1.21:80`;
const NOWHERE = '/v1/services/tcp:10.9.9.9:80';

/** Every kind, and every field both there and null. */
const HAPPENINGS: readonly Happening[] = [
  {
    type: 'real',
    service: 'tcp:10.1.1.19:80',
    real: '10.1.1.21:80',
    from: 'up',
    to: 'down',
    weight: 0,
    message: 'connect ECONNREFUSED 10.1.1.21:80',
  },
  {
    type: 'real',
    service: 'tcp:10.1.1.19:80',
    real: '10.1.1.21:80',
    from: null,
    to: null,
    weight: 1,
    message: null,
  },
  { type: 'service', service: 'fwm:5', from: null, to: 'waiting-for-address' },
  { type: 'service', service: 'fwm:5', from: 'up', to: null },
  {
    type: 'change',
    by: 'uid 0 (root)',
    service: 'fwm:5',
    real: '10.1.1.21:80',
    what: 'weight',
    old: null,
    new: 5,
  },
  {
    type: 'change',
    by: 'page user anna',
    service: null,
    real: null,
    what: 'state',
    old: 'ready',
    new: 'maintenance',
  },
  { type: 'reload', ok: true, reason: null },
  { type: 'reload', ok: false, reason: 'a.cf:1: wrong' },
];

const OVERRIDE = {
  state: 'maintenance',
  weight: 7,
  by: 'uid 0 (root)',
  since: '2026-11-26T12:00:00.000Z',
} as const;
const CHECK = {
  at: '2026-11-26T12:00:00.000Z',
  durationMs: 3.5,
  up: false,
  made: null,
  message: 'maintenance',
} as const;

/** A status in which every field is null that can be, and another in which none is. */
const FULL = statusDocument({
  configError: 'a.cf:1: wrong',
  services: [
    serviceStatus({
      problem: 'no engine',
      persistent: 300,
      netmask: '255.255.255.0',
      reals: [
        realStatus({ override: OVERRIDE, checks: [CHECK] }),
        realStatus({ check: null, override: { ...OVERRIDE, weight: null } }),
        realStatus({
          agent: agentStatus({ down: 'fail', problem: 'read ECONNRESET' }),
        }),
        realStatus({
          agent: agentStatus({ line: null, at: null, durationMs: null, percent: null }),
        }),
      ],
    }),
    serviceStatus({
      id: 'fwm:5',
      address: null,
      port: null,
      fwmark: 5,
      protocol: 'fwm',
      engine: 'ipvs',
      state: 'waiting-for-address',
    }),
  ],
});

t.test('the document is one of OpenAPI 3.1', async (t) => {
  const { path } = await openControl(t);
  const { document } = await openContract(t, path);
  const { valid, errors } = await new Validator().validate({ ...document });
  t.ok(valid, JSON.stringify(errors));
  t.match(document, { openapi: /^3\.1\./ });
});

/* A change of the contract shows in a review: OPENAPI=write writes the file. */
t.test('docs/openapi.json is what the socket serves', async (t) => {
  const { path } = await openControl(t);
  const { document } = await openContract(t, path);
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (process.env.OPENAPI === 'write') await writeFile(FILE, text);
  t.equal(await readFile(FILE, 'utf8'), text, 'OPENAPI=write npm test FILE mends it');
});

t.test('every route stands in it, with all that it takes, and no other', async (t) => {
  const { path } = await openControl(t);
  const { rows, document } = await openContract(t, path);
  const routes = apiRoutes({
    ...controlOptions(path),
    families: async () => [],
    failed() {},
  });
  t.same(
    rows.toSorted(),
    routes.map((route) => `${route.method} ${route.path}`).toSorted(),
  );
  const ids = Object.values(document.paths).flatMap((item) =>
    Object.values(item).flatMap((operation) =>
      'operationId' in operation ? [operation.operationId] : [],
    ),
  );
  t.equal(new Set(ids).size, routes.length, 'each has a name of its own');
});

t.test('every answer is as the document has it', async (t) => {
  const { path, desk } = await openControl(t, async () => FULL, {
    plan: async () => ({
      ok: true,
      changes: [
        { type: 'added', service: 'fwm:5', real: null, values: [] },
        {
          type: 'changed',
          service: null,
          real: null,
          values: [{ name: 'checktimeout', old: 5, new: null }],
        },
      ],
      warnings: ['a.cf:1: warning: odd'],
    }),
  });
  for (const happening of HAPPENINGS) desk.events.tell(happening);
  const { hold, rows, held } = await openContract(t, path);
  const body = (document: object) => ({ body: JSON.stringify(document) });

  for (const row of rows)
    if (row.startsWith('GET ') && !row.includes('{')) {
      const headers = { accept: 'application/json' };
      t.equal((await hold(row, undefined, { headers })).status, 200, row);
    }
  await hold('GET /v1/services/{service}', WEB);
  await hold('GET /v1/services/{service}/reals/{real}', ONE);
  const change = 'PATCH /v1/services/{service}/reals/{real}';
  await hold(change, ONE, body({ weight: 5 }));
  await hold(change, ONE, body({ state: 'drain', weight: null }));
  await hold(
    'POST /v1/services/{service}/reals/{real}/drain',
    `${ONE}/drain`,
    body({ withinSeconds: 0 }),
  );
  await hold('POST /v1/reload');
  await hold('POST /v1/role', undefined, body({ role: 'standby' }));
  await hold('DELETE /v1/connections', '/v1/connections?server=10.1.1.21:80');
  await hold('DELETE /v1/connections/{id}', '/v1/connections/0-17');
  await hold('DELETE /v1/persistence', '/v1/persistence?client=192.0.2.7');
  for (const row of rows) t.ok(held.get(row)?.has(200), `${row} has been answered`);

  const { text } = await hold('GET /v1/events', undefined, {
    headers: { accept: 'application/json' },
  });
  const { events }: { events: readonly DirectorEvent[] } = JSON.parse(text);
  t.match(events.slice(0, HAPPENINGS.length), HAPPENINGS);
});

t.test('every refusal is as the document has it', async (t) => {
  const errors = ['a.cf:1: wrong', 'a.cf:2: wrong'];
  const bad = async () => ({ ok: false, errors }) as const;
  const { path } = await openControl(t, undefined, { plan: bad, reload: bad });
  const { hold } = await openContract(t, path);
  const change = 'PATCH /v1/services/{service}/reals/{real}';
  const drain = 'POST /v1/services/{service}/reals/{real}/drain';
  const body = '{"weight": 5}';
  const cases: readonly (readonly [number, ...Parameters<typeof hold>])[] = [
    [400, 'GET /v1/status', '/v1/status?checks=21'],
    [400, 'GET /v1/services', '/v1/services?pretty'],
    [400, 'GET /v1/services/{service}', '/v1/services/%ff'],
    [404, 'GET /v1/services/{service}', NOWHERE],
    [404, 'GET /v1/services/{service}/reals/{real}', `${WEB}/reals/10.9.9.9:80`],
    [400, change, ONE, { body: '{"weight": -1}' }],
    [404, change, `${NOWHERE}/reals/10.1.1.21:80`, { body }],
    [409, change, `${WEB}/reals/fallback:127.0.0.1:80`, { body }],
    [413, change, ONE, { body: ' '.repeat(20_000) }],
    [415, change, ONE, { body, type: 'text/plain' }],
    [414, change, `${ONE}?${'x'.repeat(2_000)}`, { body }],
    [
      404,
      drain,
      `${NOWHERE}/reals/10.1.1.21:80/drain`,
      { body: '{"withinSeconds": 1}' },
    ],
    [422, 'GET /v1/plan'],
    [400, 'GET /v1/plan', '/v1/plan?x'],
    [422, 'POST /v1/reload'],
    [400, 'POST /v1/reload', '/v1/reload?now'],
    [400, 'GET /v1/events', '/v1/events?since=-1'],
    [400, 'GET /v1/connections', '/v1/connections?most=10001'],
    [404, 'GET /v1/connections', '/v1/connections?service=fwm:9'],
    [400, 'DELETE /v1/connections'],
    [404, 'DELETE /v1/connections', '/v1/connections?service=fwm:9'],
    [404, 'DELETE /v1/connections/{id}', '/v1/connections/0-19'],
    [400, 'DELETE /v1/persistence'],
    [404, 'GET /v1/persistence', '/v1/persistence?service=fwm:9'],
    [431, 'GET /v1/status', undefined, { headers: { x: 'y'.repeat(9_000) } }],
  ];
  for (const [status, ...asked] of cases)
    t.equal(
      (await hold(...asked)).status,
      status,
      `${asked[0]} ${asked[1] ?? ''}`.slice(0, 80),
    );
  const gone = await openControl(t, () => Promise.reject(new Error('engine is gone')));
  const other = await openContract(t, gone.path);
  for (const row of ['GET /v1/status', 'GET /metrics', 'GET /v1/services'])
    t.equal((await other.hold(row)).status, 503, row);
});
