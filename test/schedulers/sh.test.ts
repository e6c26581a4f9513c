import t from 'tap';
import { sh } from '../../lib/schedulers/sh.ts';
import { ipv4Number } from '../support/kernel-hash.ts';
import { client, PlainView } from '../support/plain-view.ts';

const ADDRESSES = Array.from(
  { length: 400 },
  (_, n) => `192.0.${n >> 6}.${(n * 7) & 255}`,
);

function bucket(address: string, port = 0): number {
  const hash = ((ipv4Number(address) + BigInt(port)) * 0x61c88647n) & 0xffffffffn;
  return Number(hash >> 24n);
}

t.test('a client keeps its server, whatever its port', async (t) => {
  const view = new PlainView(sh, [{}, {}, {}]);
  for (const address of ADDRESSES) {
    const row = sh.pick(view, client(address, 1));
    t.equal(sh.pick(view, client(address, 2)), row);
  }
});

t.test(
  'buckets are filled by weight in turn, a quiesced server keeping one',
  async (t) => {
    const view = new PlainView(sh, [{ weight: 3 }, { weight: 0 }, { weight: 2 }]);
    const dealt = [0, 0, 0, 1, 2, 2];
    for (const address of ADDRESSES) {
      const row = dealt[bucket(address) % 6];
      t.equal(sh.pick(view, client(address)), row === 1 ? undefined : row, address);
    }
  },
);

t.test('flag sh-port, or flag-2, adds the port', async (t) => {
  for (const flag of ['sh-port', 'flag-2']) {
    const view = new PlainView(sh, [{}, {}, {}, {}, {}]);
    view.flags = new Set([flag]);
    for (const [n, address] of ADDRESSES.entries())
      t.equal(sh.pick(view, client(address, 1024 + n)), bucket(address, 1024 + n) % 5);
  }
});

t.test('a client whose server is not eligible is refused', async (t) => {
  const view = new PlainView(sh, [{}, {}]);
  const row = sh.pick(view, client()) ?? -1;
  view.excluded.add(row);
  t.equal(sh.pick(view, client()), undefined);
});

t.test('flag sh-fallback, or flag-1, tries on from twice its bucket', async (t) => {
  for (const flag of ['sh-fallback', 'flag-1']) {
    const view = new PlainView(
      sh,
      Array.from({ length: 7 }, () => ({})),
    );
    view.flags = new Set([flag]);
    for (const row of [1, 2, 3, 5]) view.excluded.add(row);
    for (const address of ADDRESSES) {
      const own = bucket(address);
      const tried = [
        own,
        ...Array.from({ length: 256 }, (_, n) => (own * 2 + n) % 256),
      ];
      const expected = tried.map((one) => one % 7).find((row) => view.eligible(row));
      t.equal(sh.pick(view, client(address)), expected, address);
    }
  }
});

t.test('more servers than buckets: the rest get nothing', async (t) => {
  const view = new PlainView(
    sh,
    Array.from({ length: 2000 }, () => ({})),
  );
  for (const address of ADDRESSES)
    t.equal(sh.pick(view, client(address)), bucket(address), address);
});
