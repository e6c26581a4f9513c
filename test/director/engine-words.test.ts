import t from 'tap';
import type { ServiceOutcome } from '../../lib/model/engine.ts';
import { aConfig, aReal, aService, OPTIONS } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { carried, recordingEngine } from '../support/recording-engine.ts';
import { good } from '../support/reports.ts';

const web = aService({ reals: [aReal('10.1.1.21:80')] });
const TAKEN = 'port 80 is held by apache2 (pid 7): set "Listen 127.0.0.1:80"';

/** What the engine says, and the line that must follow. */
const WORDS: readonly (readonly [Omit<ServiceOutcome, 'id'>, string | undefined])[] = [
  [{ state: 'carried' }, undefined],
  [
    { state: 'failed', problem: TAKEN },
    `Cannot carry virtual server 10.1.1.19:80: ${TAKEN}`,
  ],
  [{ state: 'failed', problem: TAKEN }, undefined],
  [
    { state: 'failed', problem: 'no permission' },
    'Cannot carry virtual server 10.1.1.19:80: no permission',
  ],
  [
    { state: 'waiting-for-address', problem: 'no 10.1.1.19 here' },
    'Waiting for the address of virtual server 10.1.1.19:80: no 10.1.1.19 here',
  ],
  [
    { state: 'carried' },
    'Carrying virtual server 10.1.1.19:80 (mended: no 10.1.1.19 here)',
  ],
  [{ state: 'idle' }, undefined],
];

t.test('each change of an outcome has one line', async (t) => {
  const { director, runner, engine, log, settle } = aBench(t);
  await director.apply(aConfig([web]));
  runner.report('10.1.1.21:80', good());
  await settle();
  log.take();
  for (const [word, line] of WORDS) {
    engine.tell({ type: 'outcome', outcome: { id: WEB, ...word } });
    await settle();
    t.strictSame(log.take(), line === undefined ? [] : [line]);
  }
});

t.test('the state of a service is what the engine says of it', async (t) => {
  const { director, runner, engine, settle } = aBench(t);
  await director.apply(aConfig([web]));
  runner.report('10.1.1.21:80', good());
  await settle();
  const states = [
    [
      { state: 'failed', problem: TAKEN },
      { state: 'failed', problem: TAKEN },
    ],
    [
      { state: 'waiting-for-address', problem: 'not here' },
      { state: 'waiting-for-address', problem: 'not here' },
    ],
    [{ state: 'carried' }, { state: 'up', problem: null }],
  ] as const;
  for (const [word, status] of states) {
    engine.tell({ type: 'outcome', outcome: { id: WEB, ...word } });
    await settle();
    t.match(await director.services(), [status]);
  }
});

t.test('a service has settled when the engine has its first server', async (t) => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let calls = 0;
  const engine = recordingEngine({
    async apply(table) {
      if (++calls > 1) await gate;
      return table.map(carried);
    },
  });
  const { director, runner, settle } = aBench(t, engine);
  await director.apply(aConfig([web]));
  runner.report('10.1.1.21:80', good());
  await settle();
  t.equal(calls, 2, 'the engine is at it');
  t.strictSame(director.starting(), [WEB]);
  t.match(await director.services(), [{ state: 'starting' }]);
  open();
  await director.settled(AbortSignal.timeout(30_000));
  t.match(await director.services(), [{ state: 'up' }]);
});

t.test('a standby that waits for its address has settled', async (t) => {
  const engine = recordingEngine({
    apply: async (table) =>
      table.map(({ service: { id } }) => ({ id, state: 'waiting-for-address' })),
  });
  const { director, runner } = aBench(t, engine);
  await director.apply(aConfig([web]));
  t.match(await director.services(), [{ state: 'waiting-for-address' }]);
  runner.report('10.1.1.21:80', good());
  await director.settled(AbortSignal.timeout(30_000));
  t.strictSame(director.starting(), []);
});

t.test('words on a service that is gone are not heard', async (t) => {
  const { director, engine, log, settle } = aBench(t);
  await director.apply(aConfig([web]));
  await director.apply(aConfig([]));
  log.take();
  engine.tell({
    type: 'outcome',
    outcome: { id: WEB, state: 'failed', problem: TAKEN },
  });
  await settle();
  t.strictSame(log.take(), []);
});

t.test('notices go to the log; failed connects once a minute a server', async (t) => {
  const { director, engine, log, settle } = aBench(t);
  await director.apply(aConfig([web]));
  log.take();
  const reason = 'ECONNREFUSED';
  for (const server of ['10.1.1.21:80', '10.1.1.21:80', '10.1.1.22:80', '10.1.1.21:80'])
    engine.tell({ type: 'connect-failed', service: WEB, server, reason });
  engine.tell({ type: 'notice', message: 'file descriptors exhausted' });
  await settle();
  t.strictSame(log.take(), [
    'Connect failed: 10.1.1.21:80 (10.1.1.19:80) (ECONNREFUSED)',
    'Connect failed: 10.1.1.22:80 (10.1.1.19:80) (ECONNREFUSED)',
    'file descriptors exhausted',
  ]);
});

t.test('an engine that throws fails its services, and is asked again', async (t) => {
  let defects = 2;
  const engine = recordingEngine({
    async apply(table) {
      if (defects-- > 0) throw new Error('worker did not answer');
      return table.map(carried);
    },
  });
  const { director, log } = aBench(t, engine);
  await director.apply(aConfig([web]));
  t.match(await director.services(), [
    { state: 'failed', problem: 'worker did not answer' },
  ]);
  await log.saw(
    /^Carrying virtual server 10.1.1.19:80 \(mended: worker did not answer/,
  );
  const told = log.lines.filter((line) => line === 'engine: worker did not answer');
  t.equal(told.length, 1, 'once, though it threw twice');
  t.equal(engine.tables.length, 3);
});

t.test('the status does without the numbers of an engine that has none', async (t) => {
  const engine = recordingEngine({
    stats: async () => {
      throw new Error('worker is gone');
    },
  });
  const { director, log } = aBench(t, engine);
  await director.apply(aConfig([web]));
  t.match(await director.services(), [{ id: WEB, acceptedConnections: 0 }]);
  t.match(log.lines.at(-1), /worker is gone/);
});

t.test('with more than one engine at work a line says which it is about', async (t) => {
  const nftables = recordingEngine();
  const { director, engine, log, settle } = aBench(t, undefined, { nftables });
  const options = { ...OPTIONS, engine: 'nftables' } as const;
  const rest = aService({ port: 81, reals: [aReal('10.1.1.23:81')], options });
  await director.apply(aConfig([web, rest]));
  log.take();
  const refused = 'nft: No such file or directory';
  const outcome = { id: rest.id, state: 'failed', problem: refused } as const;
  nftables.tell({ type: 'outcome', outcome });
  engine.tell({
    type: 'outcome',
    outcome: { id: WEB, state: 'failed', problem: TAKEN },
  });
  engine.tell({ type: 'notice', message: 'file descriptors exhausted' });
  await settle();
  t.strictSame([...log.take()].sort(), [
    `Cannot carry virtual server 10.1.1.19:80 (net): ${TAKEN}`,
    `Cannot carry virtual server 10.1.1.19:81 (nftables): ${refused}`,
    'engine net: file descriptors exhausted',
  ]);
  nftables.tell({ type: 'outcome', outcome: { id: rest.id, state: 'carried' } });
  await settle();
  t.strictSame(log.take(), [
    `Carrying virtual server 10.1.1.19:81 (nftables) (mended: ${refused})`,
  ]);
});
