import t from 'tap';
import {
  MOST_SOURCES,
  Sources,
  sourceMemory,
} from '../../../../lib/engines/net/table/sources.ts';
import { addressBytes } from '../../../../lib/model/address-bytes.ts';

const NO_RATE = { rate: 0, windowMs: 0 };
const { REFUSED } = Sources;

/** Two workers and the main thread. */
function shared() {
  const memory = sourceMemory(2);
  const [one, other, main] = [0, 1, 2].map((thread) => new Sources(memory, thread, 2));
  if (!one || !other || !main) throw new Error('three');
  return { one, other, main };
}

interface Visit {
  readonly from?: string;
  readonly service?: number;
  readonly bits?: number;
  readonly most?: number;
}

function come(sources: Sources, visit: Visit = {}, now = 1000): number {
  const { from = '192.0.2.7', service = 0, bits = 64, most = 2 } = visit;
  const limits = { connections: most, ...NO_RATE };
  return sources.enter(service, addressBytes(from), bits, limits, now);
}

t.test('connections of a source are counted over all workers', async (t) => {
  const { one, other } = shared();
  const first = come(one);
  t.ok(first >= 0 && come(other) >= 0);
  t.equal(come(one), REFUSED);
  t.equal(come(other), REFUSED);
  t.ok(come(one, { from: '192.0.2.8' }) >= 0, 'another source');
  t.ok(come(one, { service: 1 }) >= 0, 'at another service');
  one.leave(first);
  t.ok(come(other) >= 0);
  t.equal(come(one), REFUSED);
});

t.test('IPv6 sources are networks, and no IPv4 ones', async (t) => {
  const { one } = shared();
  const visits = { most: 1, bits: 64 };
  t.ok(come(one, { ...visits, from: '2001:db8::1' }) >= 0);
  t.equal(come(one, { ...visits, from: '2001:db8::ffff:1' }), REFUSED);
  t.ok(come(one, { ...visits, from: '2001:db8:0:1::1' }) >= 0);
  t.ok(come(one, { ...visits, from: '2001:db8::1', bits: 128 }) >= 0);
  const wider = { most: 1, bits: 62, service: 1 };
  t.ok(come(one, { ...wider, from: '2001:db8:0:1::2' }) >= 0);
  t.equal(come(one, { ...wider, from: '2001:db8:0:2::2' }), REFUSED);
  t.ok(come(one, { ...visits, from: '1.2.3.4' }) >= 0);
  t.ok(come(one, { ...visits, from: '102:304::' }) >= 0);
});

t.test('a rate: a window at once, then evenly', async (t) => {
  const { one, other } = shared();
  const limits = { connections: 0, rate: 10, windowMs: 1000 };
  const at = (sources: Sources, now: number) =>
    sources.enter(0, addressBytes('192.0.2.7'), 64, limits, now) >= 0;
  const burst = Array.from({ length: 30 }, (_, n) => at(n % 2 ? one : other, 5000));
  t.equal(burst.filter(Boolean).length, 10);
  t.notOk(at(one, 5099), 'nothing before a tenth of the window');
  t.ok(at(one, 5100));
  t.notOk(at(other, 5199));
  let entered = 0;
  for (let now = 5200; now < 15_200; now += 7) if (at(one, now)) entered++;
  t.ok(Math.abs(entered - 100) <= 1, `${entered} in ten windows`);
  t.equal(
    Array.from({ length: 30 }, () => at(one, 60_000)).filter(Boolean).length,
    10,
    'the bucket is full again',
  );
});

t.test('a rate of thirds is not short of one', async (t) => {
  const { one } = shared();
  const limits = { connections: 0, rate: 3, windowMs: 1000 };
  const burst = [1, 2, 3, 4].map(
    () => one.enter(0, addressBytes('192.0.2.7'), 64, limits, 1234.567) >= 0,
  );
  t.same(burst, [true, true, true, false]);
});

t.test('what a dead worker had is taken out, and its locks opened', async (t) => {
  const { one, other, main } = shared();
  come(one);
  come(other);
  t.equal(come(other), REFUSED);
  main.bury(0);
  t.ok(come(other) >= 0);
  t.equal(come(other), REFUSED);
});

t.test('a table that is full keeps those with connections', async (t) => {
  const { one } = shared();
  const tickets = [];
  for (let n = 0; n < 100; n++)
    tickets.push(come(one, { from: `198.51.100.${n}`, most: 1 }));
  for (let n = 0; n < 2 * MOST_SOURCES; n++) {
    const from = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    one.leave(come(one, { from }, 2000 + n));
  }
  for (let n = 0; n < 100; n++)
    t.equal(come(one, { from: `198.51.100.${n}`, most: 1 }), REFUSED);
  for (const ticket of tickets) one.leave(ticket);
  t.ok(come(one, { from: '198.51.100.5', most: 1 }) >= 0);
});

t.test('a ticket of a source that lost its place counts nothing down', async (t) => {
  const { one } = shared();
  const lost = come(one, { from: '198.51.100.1' });
  for (let n = 0; n < 4 * MOST_SOURCES; n++) {
    const from = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    come(one, { from, most: 0 }, 2000 + n); // stays
    if (n % 2 === 0) come(one, { from, most: 0 }, 2000 + n);
  }
  one.leave(lost);
  come(one, { from: '198.51.100.1', most: 1 });
  one.leave(lost);
  t.equal(come(one, { from: '198.51.100.1', most: 1 }), REFUSED);
});
