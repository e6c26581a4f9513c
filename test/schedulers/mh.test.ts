import t from 'tap';
import { mh } from '../../lib/schedulers/mh.ts';
import { ipv4Number, plainSipHash } from '../support/kernel-hash.ts';
import { client, type PlainServer, PlainView, server } from '../support/plain-view.ts';

const SIZE = 4093;
const CLIENTS = Array.from({ length: 3000 }, (_, n) =>
  client(`198.18.${n >> 8}.${n & 255}`, n),
);

function hash(word: bigint, key: bigint): number {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, Number(BigInt.asUintN(32, word)), true);
  return Number(BigInt.asUintN(32, plainSipHash(bytes, [key, key], [1, 3])));
}

/** Every slot in the order in which a server asks for them. */
function wishes({ address, port }: PlainServer): Iterator<number> {
  const word = ipv4Number(address) + BigInt(port);
  const offset = hash(word, 2654435761n) % SIZE;
  const skip = (hash(word, 2654446892n) % (SIZE - 1)) + 1;
  return Array.from({ length: SIZE }, (_, n) => (offset + n * skip) % SIZE).values();
}

/** The table as the paper and the kernel fill it, slowly. */
function plainTable(
  servers: readonly PlainServer[],
  turns: readonly number[],
): number[] {
  const table: number[] = [];
  const free = new Set(Array.from({ length: SIZE }, (_, slot) => slot));
  const lists = servers.map(wishes);
  const takers = turns.flatMap((slots, row) => Array<number>(slots).fill(row));
  for (let n = 0; free.size > 0; n++) {
    const row = takers[n % takers.length] ?? 0;
    let slot: number;
    do slot = lists[row]?.next().value;
    while (!free.has(slot));
    free.delete(slot);
    table[slot] = row;
  }
  return table;
}

function slot(address: string, port = 0, offset = 0): number {
  return hash(ipv4Number(address) + BigInt(port + offset), 2654435761n) % SIZE;
}

const WEIGHTS = [
  { weights: [1, 1, 1], turns: [1, 1, 1] },
  { weights: [4, 2, 6], turns: [2, 1, 3] },
  { weights: [1, 300, 40], turns: [1, 37, 5] },
  { weights: [65535, 1], turns: [63, 1] },
] as const;

for (const { weights, turns } of WEIGHTS)
  t.test(`weights ${weights.join(', ')}: slots as the kernel deals them`, async (t) => {
    const view = new PlainView(
      mh,
      weights.map((weight) => ({ weight })),
    );
    const table = plainTable(view.servers, turns);
    for (let n = 0; n < 500; n++) {
      const address = `203.0.113.${n & 255}`;
      view.flags = new Set(n > 255 ? ['mh-port'] : []);
      const expected = table[slot(address, n > 255 ? n : 0)];
      t.equal(mh.pick(view, client(address, n)), expected, `${address} ${n}`);
    }
  });

t.test('shares follow the weights', async (t) => {
  const view = new PlainView(mh, [{ weight: 1 }, { weight: 2 }, { weight: 5 }]);
  const counts = [0, 0, 0];
  for (const one of CLIENTS) {
    const row = mh.pick(view, one) ?? -1;
    counts[row] = (counts[row] ?? 0) + 1;
  }
  for (const [row, share] of [1 / 8, 2 / 8, 5 / 8].entries())
    t.ok(Math.abs((counts[row] ?? 0) / CLIENTS.length - share) < 0.03, `${counts}`);
});

t.test('removing one server of ten moves little but its own clients', async (t) => {
  const ten = Array.from({ length: 10 }, (_, row) => server({}, row));
  const view = new PlainView(mh, ten);
  const before = CLIENTS.map((one) => mh.pick(view, one));
  view.change((all) => all.filter((_, row) => row !== 4));
  const moved = CLIENTS.filter((one, n) => {
    const was = before[n] ?? -1;
    const now = mh.pick(view, one) ?? -1;
    return was !== 4 && view.address(now) !== ten[was]?.address;
  });
  t.ok(
    moved.length < CLIENTS.length * 0.04,
    `${moved.length} of ${CLIENTS.length} moved`,
  );
});

t.test(
  'a quiesced server keeps its slots: its clients are refused, none moves',
  async (t) => {
    const view = new PlainView(mh, [{ weight: 3 }, { weight: 2 }, { weight: 1 }]);
    const before = CLIENTS.map((one) => mh.pick(view, one));
    view.change((all) =>
      all.map((one, row) => (row === 1 ? { ...one, weight: 0 } : one)),
    );
    const after = CLIENTS.map((one) => mh.pick(view, one));
    t.same(
      after,
      before.map((row) => (row === 1 ? undefined : row)),
    );
  },
);

t.test(
  'flag mh-fallback, or flag-1, tries further slots, the same each time',
  async (t) => {
    for (const flag of ['mh-fallback', 'flag-1']) {
      const view = new PlainView(mh, [{}, {}, {}, {}]);
      const table = plainTable(view.servers, [1, 1, 1, 1]);
      view.flags = new Set([flag]);
      for (const row of [0, 2, 3]) view.excluded.add(row);
      view.excluded.delete(3);
      for (let n = 0; n < 256; n++) {
        const address = `203.0.113.${n}`;
        let row = table[slot(address)] ?? -1;
        const first = slot(address);
        for (let step = 0; !view.eligible(row); step++)
          row = table[slot(address, 0, (first + step) % SIZE)] ?? -1;
        t.equal(mh.pick(view, client(address)), row, address);
      }
    }
  },
);
