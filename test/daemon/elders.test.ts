import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Begun, openEstate } from '../../lib/control/index.ts';
import { createElders, inherit, serversLeft } from '../../lib/daemon/elders.ts';
import { takeOver } from '../../lib/daemon/take-over.ts';
import type { WaitingDrain } from '../../lib/director/desk.ts';
import { estateSocket } from '../../lib/instance/beside.ts';
import { instanceIn } from '../../lib/instance/instance.ts';
import { identify, type ProcessIdentity } from '../../lib/instance/process.ts';
import type { ConnectionFilter } from '../../lib/model/traffic.ts';
import { silent } from '../support/control.ts';
import { CONNECTIONS } from '../support/desk.ts';
import { recordingLog } from '../support/recording-log.ts';

const self = identify(process.pid) ?? { pid: 0, started: '' };
const GONE = { pid: process.pid, started: '1' };
const DRAIN: WaitingDrain = { service: 's', real: 'r', leftMs: 1234.5, by: 'uid 0' };
const LEFT = [
  { service: 's', server: 'r', open: true, ends: true },
  { service: 's', server: 'n', from: 'www.example.com', open: false, ends: true },
];
const BEGUN: Begun = { drains: [DRAIN], children: ['b.cf'] };

function instanceOf(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'l4-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return instanceIn(folder, 'a.cf');
}

/** For who answers, and may be slow. */
const PATIENCE_MS = 10_000;
/** For who is not to answer. */
const SHORT_MS = 100;

interface Manner {
  readonly hold?: () => Promise<void>;
  readonly patienceMs?: number;
}

/** This very process as the director before. */
async function site(
  t: Test,
  { hold = async () => {}, patienceMs = PATIENCE_MS }: Manner = {},
) {
  const instance = instanceOf(t);
  const asked: ConnectionFilter[] = [];
  const traffic = {
    connections: async (filter: ConnectionFilter, most: number) => {
      asked.push(filter);
      await hold();
      return { items: CONNECTIONS.slice(0, most), total: 7 };
    },
    end: async (filter: ConnectionFilter) => asked.push(filter),
  };
  const estate = {
    ...{ traffic, begun: () => BEGUN, servers: () => LEFT },
    left: Promise.resolve(),
  };
  const open = await openEstate(
    estateSocket(instance.socket, process.pid),
    estate,
    silent,
  );
  t.teardown(() => open[Symbol.asyncDispose]());
  const elders = createElders(
    { instance, predecessor: self, elders: [GONE] },
    patienceMs,
  );
  const [[name, theirs] = ['', undefined], ...others] = elders.sources();
  if (!theirs) throw new Error('no source');
  return { instance, elders, open, asked, name, theirs, others };
}

t.test('what they still have is listed by ids of its own, and ended', async (t) => {
  const { asked, name, theirs, others } = await site(t);
  t.equal(name, `of pid ${process.pid}`);
  t.same(others, [], 'nothing of one that has ended');
  const filter = { service: 'tcp:[2001:db8::1]:80', server: 'a b&c' };
  const { items, total } = await theirs.connections(filter, 1);
  const id = `p${process.pid}-0-17`;
  t.same([items, total], [[{ ...CONNECTIONS[0], id }], 7]);
  t.match(await theirs.connections({}, 0), { items: [], total: 7 });
  t.equal(await theirs.end({ id }), 3);
  t.same(asked, [filter, {}, { id: '0-17' }]);
  t.same(await theirs.connections({ id: 'n1-17' }, 1), { items: [], total: 0 });
  t.equal(await theirs.end({ id: 'n1-17' }), 0);
  t.equal(asked.length, 3, 'what is not theirs is not asked for');
});

t.test('persistence there leads nobody any more', async (t) => {
  const { theirs } = await site(t);
  t.same(await theirs.persistence({}, 9), { items: [], total: 0 });
  t.equal(await theirs.forget({}), 0);
});

t.test('one that lives and does not answer is not taken for empty', async (t) => {
  const { open, theirs } = await site(t, { patienceMs: SHORT_MS });
  await open[Symbol.asyncDispose]();
  const message = new RegExp(`what pid ${process.pid}, .*cannot be known`);
  await t.rejects(theirs.connections({}, 0), { message });
  await t.rejects(theirs.end({}), { message: /still has open cannot be ended: / });
});

t.test('one that hangs is told of while its asker still waits', async (t) => {
  const { theirs } = await site(t, {
    hold: () => new Promise(() => {}),
    patienceMs: SHORT_MS,
  });
  const begun = performance.now();
  const message = new RegExp(`what pid ${process.pid}, .* within 0.1 s`);
  await t.rejects(theirs.connections({}, 0), { message });
  t.ok(performance.now() - begun < 5_000, 'within the 8 s of an answer');
});

t.test('drains and children go on', async (t) => {
  const { elders } = await site(t);
  const drains: WaitingDrain[] = [];
  const children: string[] = [];
  const desk = { resume: async (drain: WaitingDrain) => void drains.push(drain) };
  const director = { desk } as unknown as Parameters<typeof inherit>[1];
  const adopt = (running: readonly string[]) => void children.push(...running);
  await inherit(elders, director, { adopt }, silent);
  t.same([drains, children], [BEGUN.drains, BEGUN.children]);
});

t.test('servers that it leaves are the youngest one that lives', async (t) => {
  const { instance, elders } = await site(t);
  t.same(await elders.servers(), LEFT);
  const started = (line: readonly ProcessIdentity[]) =>
    createElders({ instance, elders: line }, PATIENCE_MS).servers();
  t.same(await started([GONE, self]), LEFT, 'of a start after one that was killed');
  t.same(await started([GONE]), []);
  const log = recordingLog();
  t.same(
    await serversLeft(createElders({ instance, elders: [self] }, PATIENCE_MS), log),
    LEFT,
  );
  t.same(log.take(), []);
});

t.test('what cannot be learnt is told, and what has ended is not missed', async (t) => {
  const instance = instanceOf(t);
  const log = recordingLog();
  const director = {} as Parameters<typeof inherit>[1];
  for (const predecessor of [self, GONE]) {
    const elders = createElders({ instance, predecessor }, SHORT_MS);
    await inherit(elders, director, { adopt() {} }, log);
    t.same(await serversLeft(elders, log), predecessor === self ? undefined : []);
  }
  t.match(log.take(), [
    /^Drains that wait and children of execute are not taken over: /,
    /^Connections to real servers that .* may go on: what pid /,
  ]);
});

t.test('an earlier version does not tell its servers, which is no error', async (t) => {
  const instance = instanceOf(t);
  const server = createServer((_, answer) =>
    answer.writeHead(404).end('{"error":"there is no /servers"}'),
  );
  t.teardown(() => server.close());
  await once(server.listen(estateSocket(instance.socket, process.pid)), 'listening');
  const lines: string[] = [];
  const log = {
    ...silent,
    info: (line: string) => void lines.push(line),
    error: (line: string) => t.fail(line),
  };
  const elders = createElders({ instance, predecessor: self }, PATIENCE_MS);
  t.equal(await serversLeft(elders, log), undefined);
  t.match(lines, [/of a version that does not tell its real servers/]);
});

t.test('who is to end itself takes charge of nothing', async (t) => {
  for (const another of [true, false]) {
    const stop = new AbortController();
    const charges: unknown[] = [];
    const succession = {
      ...{ another, log: silent, ending: { signal: stop.signal } },
      overrides: { own() {} },
      naming: { own() {} },
      role: { async own() {} },
      elders: {
        begun: async () => undefined,
        servers: async () => LEFT,
        left: async () => {},
      },
      director: { takeCharge: (theirs: unknown) => charges.push(theirs) },
      children: { adopt() {} },
      heritage: { keep() {}, complete: async () => {} },
    } as unknown as Parameters<typeof takeOver>[0];
    await takeOver(succession);
    await new Promise(setImmediate);
    t.same(charges.splice(0), [LEFT]);
    stop.abort();
    await takeOver(succession);
    await new Promise(setImmediate);
    t.same(charges, []);
  }
});

t.test('one that answers strangely is told of, and breaks nothing', async (t) => {
  const instance = instanceOf(t);
  let body = 'null';
  const server = createServer((_, answer) => void answer.end(body));
  t.teardown(() => server.close());
  await once(server.listen(estateSocket(instance.socket, process.pid)), 'listening');
  const elders = createElders({ instance, predecessor: self, elders: [] }, PATIENCE_MS);
  const [[, theirs] = ['', undefined]] = elders.sources();
  if (!theirs) throw new Error('no source');
  const message = /cannot be (known|ended): .* did not answer as a director does$/;
  for (body of ['null', '[]', '{}', '{"connections":5,"total":1}']) {
    await t.rejects(theirs.connections({}, 9), { message });
    await t.rejects(theirs.end({}), { message });
  }
  const log = recordingLog();
  const director = {} as Parameters<typeof inherit>[1];
  for (body of [
    'null',
    '{"drains":5,"children":[]}',
    '{"drains":[null],"children":[]}',
  ])
    await inherit(elders, director, { adopt: () => t.fail('adopted') }, log);
  t.equal(log.lines.length, 3);
  for (const line of log.lines)
    t.match(line, /are not taken over: what pid .* as a director does$/);
  body = JSON.stringify({ connections: Array(20).fill(CONNECTIONS[0]), total: 20 });
  t.equal(
    (await theirs.connections({}, 9)).items.length,
    9,
    'no more than were asked for',
  );
});
