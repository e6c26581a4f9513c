import t from 'tap';
import { Cycles } from '../../../../lib/engines/net/table/cycles.ts';
import type { ServerEntry, ServiceEntry } from '../../../../lib/model/engine.ts';
import type { ForwardingMethod } from '../../../../lib/model/virtual-service.ts';
import { aReal, aService, OPTIONS } from '../../../support/config.ts';
import { serverAt } from '../../../support/engine-rig.ts';

interface More {
  readonly sni?: readonly string[];
  readonly protocol?: 'tcp' | 'udp';
  /** Servers that a name stands for. */
  readonly named?: readonly string[];
  /** Of weight 0. */
  readonly drained?: readonly string[];
  readonly method?: ForwardingMethod;
  readonly persistent?: number;
}

/** A service at that place, with real servers at those, and more. */
function entryAt(
  place: string,
  servers: readonly string[],
  more: More = {},
): ServiceEntry {
  const {
    sni = [],
    protocol = 'tcp',
    named = [],
    drained = [],
    method = 'masq',
    persistent,
  } = more;
  const { address, port } = aReal(place);
  const routes = sni.map((service) => ({ name: 'a.example', service }));
  const serverOf =
    (weight: number) =>
    (server: string): ServerEntry => {
      const { address, port } = aReal(server);
      return serverAt(address, port, { weight, method });
    };
  return {
    service: aService({
      id: `${protocol}:${place}`,
      ...{ protocol, address, port, options: { ...OPTIONS, sni: routes }, persistent },
      reals: [
        ...[...servers, ...drained].map((server) => aReal(server)),
        ...named.map((server) => aReal(server, { from: 'b.example' })),
      ],
    }),
    servers: [...[...servers, ...named].map(serverOf(1)), ...drained.map(serverOf(0))],
  };
}

const A = '10.1.1.1:80';
const B = '10.1.1.2:80';
const C = '10.1.1.3:80';
const WEB = '10.0.0.2:80';

/** Servers that must not be dialled: `SERVICE: SERVER is TO`, by the services' places. */
function barred(
  cycles: Cycles,
  ...entries: readonly ServiceEntry[]
): readonly string[] {
  return entries.flatMap(({ service }) =>
    [...cycles.of(service.id)].map(
      ([server, to]) => `${service.id.slice(4)}: ${server} is ${to.id.slice(4)}`,
    ),
  );
}

/** What is barred with that table from the start. */
function atOnce(...entries: readonly ServiceEntry[]): readonly string[] {
  const cycles = new Cycles();
  cycles.revise(entries);
  return barred(cycles, ...entries);
}

t.test('nobody is kept from a chain, or from his own server', async (t) => {
  const chain = [
    entryAt(A, [WEB], { sni: [`tcp:${B}`] }),
    entryAt(B, [WEB, C]),
    entryAt(C, [WEB, '10.1.1.9:80']),
    entryAt(C, [A], { protocol: 'udp' }),
  ];
  t.strictSame(atOnce(...chain), []);
  t.strictSame(atOnce(entryAt(A, [WEB, A])), [`${A}: ${A} is ${A}`]);
  const loopback = '127.0.0.1:80';
  const every = '0.0.0.0:80';
  t.strictSame(atOnce(entryAt(loopback, [every])), [
    `${loopback}: ${every} is ${loopback}`,
  ]);
  t.strictSame(atOnce(entryAt(every, [loopback])), [
    `${every}: ${loopback} is ${every}`,
  ]);
  const narrow = [entryAt(every, [loopback]), entryAt(loopback, [WEB])];
  t.strictSame(atOnce(...narrow), [], 'another service takes it');
});

t.test('of a cycle that a name makes the name alone leads nowhere', async (t) => {
  const cycles = new Cycles();
  const a = entryAt(A, [B]);
  const b = entryAt(B, [WEB], { named: ['10.0.0.9:80'] });
  const back = entryAt(B, [WEB], { named: [A] });
  t.strictSame(cycles.revise([a, b]), []);
  t.strictSame(cycles.revise([a, back]), [`tcp:${B}`]);
  t.strictSame(barred(cycles, a, b), [`${B}: ${A} is ${A}`]);
  t.strictSame(cycles.revise([a, back]), [], 'nothing new');
  t.strictSame(cycles.revise([a, b]), [`tcp:${B}`], 'it names another one again');
  t.strictSame(barred(cycles, a, b), []);
  cycles.revise([a, back]);
  t.strictSame(cycles.revise([back]), [`tcp:${B}`], 'the other service left');
  t.strictSame(barred(cycles, a, b), []);
  t.strictSame(atOnce(back, a), [`${B}: ${A} is ${A}`], 'whichever is first');
});

t.test('of two names the one that came last', async (t) => {
  const [a, b] = [entryAt(A, [WEB], { named: [B] }), entryAt(B, [WEB], { named: [A] })];
  for (const [first, last, place, other] of [
    [a, b, B, A],
    [b, a, A, B],
  ] as const) {
    const cycles = new Cycles();
    const bare = entryAt(place, [WEB]);
    const isFirst = first === a;
    cycles.revise(isFirst ? [first, bare] : [bare, first]);
    t.strictSame(cycles.revise([a, b]), [last.service.id]);
    t.strictSame(barred(cycles, a, b), [`${place}: ${other} is ${other}`]);
    const drained = { ...first, servers: [...first.servers] };
    cycles.revise(isFirst ? [drained, b] : [a, drained]);
    t.strictSame(
      barred(cycles, a, b),
      [`${place}: ${other} is ${other}`],
      'it stays so',
    );
  }
});

t.test('the file goes before names that were there first', async (t) => {
  const cycles = new Cycles();
  const b = entryAt(B, [WEB], { named: [A] });
  const [drained, ready] = [entryAt(A, [], { drained: [B] }), entryAt(A, [B])];
  cycles.revise([drained, b]);
  t.strictSame(barred(cycles, ready, b), [], 'who is drained leads nobody anywhere');
  cycles.revise([{ ...ready, service: drained.service }, b]);
  t.strictSame(barred(cycles, ready, b), [`${B}: ${A} is ${A}`]);
});

t.test('a drained server takes nobody away from others', async (t) => {
  t.strictSame(atOnce(entryAt(A, [B]), entryAt(B, [WEB], { drained: [A] })), []);
  const persisting = entryAt(B, [WEB], { drained: [A], persistent: 300 });
  t.strictSame(atOnce(persisting, entryAt(A, [B])), [`${B}: ${A} is ${A}`]);
  const b = entryAt(B, [], { named: [A] });
  const drained = entryAt(A, [WEB], { drained: [B], persistent: 300 });
  t.strictSame(atOnce(drained, b), [`${B}: ${A} is ${A}`], 'who persists goes there');
});

t.test(
  'a cycle of the file alone, as where weights were raised, is cut once',
  async (t) => {
    const three = [entryAt(A, [B]), entryAt(B, [C]), entryAt(C, [A, WEB])];
    t.strictSame(atOnce(...three), [`${C}: ${A} is ${A}`]);
    const cycles = new Cycles();
    const [a, b] = [entryAt(A, [], { drained: [B] }), entryAt(B, [A])];
    cycles.revise([a, b]);
    const raised = { ...a, servers: entryAt(A, [B]).servers };
    t.strictSame(cycles.revise([raised, b]), [`tcp:${A}`]);
    t.strictSame(
      barred(cycles, a, b),
      [`${A}: ${B} is ${B}`],
      'the one that came last',
    );
  },
);

/** Numbers below that one, the same each run. */
function createRandom(): (below: number) => number {
  let seed = 7;
  return (below) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
}

/** Where each leads to that is not barred, and all that is reached from a place. */
function wayFrom(cycles: Cycles, entries: readonly ServiceEntry[]) {
  const left = new Map(
    entries.map(({ service: { id }, servers }) => [
      id.slice(4),
      servers.map((one) => one.id).filter((one) => !cycles.of(id).has(one)),
    ]),
  );
  return (from: string): ReadonlySet<string> => {
    const all = new Set(left.get(from));
    for (const one of all) for (const to of left.get(one) ?? []) all.add(to);
    return all;
  };
}

t.test('what is left has no cycle, and nothing is barred needlessly', async (t) => {
  const random = createRandom();
  const places = Array.from({ length: 12 }, (_, at) => `10.1.2.${at}:80`);
  const some = (but: string) => places.filter((one) => one !== but && random(8) === 0);
  const anyEntry = (place: string) => {
    const servers = some(place);
    const named = some(place).filter((one) => !servers.includes(one));
    return entryAt(place, servers, { named });
  };
  let cycles = new Cycles();
  let barredOnes = 0;
  for (let round = 0; round < 600; round++) {
    if (round % 3 === 0) cycles = new Cycles();
    const entries = places.map(anyEntry);
    cycles.revise(entries);
    const reached = wayFrom(cycles, entries);
    const back = places.filter((place) => reached(place).has(place));
    const needless = places.filter((place) =>
      [...cycles.of(`tcp:${place}`).keys()].some((one) => !reached(one).has(place)),
    );
    if (back.length + needless.length > 0) t.strictSame([back, needless], [[], []]);
    for (const place of places) barredOnes += cycles.of(`tcp:${place}`).size;
  }
  t.ok(barredOnes > 600, `${barredOnes} barred`);
});

t.test('what kernels carry is where a process comes to', async (t) => {
  const cycles = new Cycles();
  const a = entryAt(A, [B]);
  const b = entryAt(B, [WEB], { named: [A] });
  cycles.revise([b], [a]);
  t.strictSame(barred(cycles, a, b), [`${B}: ${A} is ${A}`]);
  t.strictSame(cycles.revise([b]), [`tcp:${B}`], 'it left');
  const gate = entryAt(A, [B], { method: 'gate' });
  cycles.revise([b], [gate]);
  t.strictSame(barred(cycles, a, b), [], 'gate leads to another host');
  const far = entryAt(C, [B]);
  cycles.revise([entryAt(B, [A])], [a, far]);
  t.strictSame(
    barred(cycles, b),
    [`${B}: ${A} is ${A}`],
    'of the file, as nobody else can',
  );
  cycles.revise([entryAt(B, [C])], [entryAt(A, [B]), entryAt(C, [A])]);
  t.strictSame(barred(cycles, b), [], 'a kernel schedules no packet a second time');
});

t.test('a service of every port is another one at each', async (t) => {
  const every = entryAt('10.1.1.1:0', ['10.1.1.2:0']);
  const at = (server: string) => {
    const cycles = new Cycles();
    const b = entryAt('10.1.1.2:8000', [server]);
    cycles.revise([b], [every]);
    return barred(cycles, b);
  };
  t.strictSame(at('10.1.1.1:8000'), ['10.1.1.2:8000: 10.1.1.1:8000 is 10.1.1.1:0']);
  t.strictSame(at('10.1.1.1:8001'), [], 'it keeps the port, and nobody is there');
});

t.test('5,000 services in a chain are looked through at each change', async (t) => {
  const place = (at: number) => `10.2.${at >> 8}.${at & 255}:80`;
  const chain = Array.from({ length: 5_000 }, (_, at) =>
    entryAt(place(at), [place(at + 1)]),
  );
  const last = entryAt(place(5_000), [], { named: [WEB] });
  const back = { ...last, servers: [serverAt('10.2.0.0', 80)] };
  const cycles = new Cycles();
  cycles.revise([...chain, last]);
  const began = performance.now();
  t.strictSame(cycles.revise([...chain, back]), [`tcp:${place(5_000)}`]);
  const ms = performance.now() - began;
  t.comment(`${ms} ms`);
  t.ok(ms < 20_000, `${ms} ms`);
});
