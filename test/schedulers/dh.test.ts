import t from 'tap';
import { addressBytes } from '../../lib/model/address-bytes.ts';
import { dh } from '../../lib/schedulers/dh.ts';
import { ipv4Number } from '../support/kernel-hash.ts';
import { client, PlainView, picks } from '../support/plain-view.ts';

t.test('one address means one server, for every client', async (t) => {
  const view = new PlainView(dh, [{}, {}, {}]);
  const rows = new Set(
    Array.from({ length: 200 }, (_, n) => dh.pick(view, client(`192.0.2.${n}`, n))),
  );
  t.equal(rows.size, 1);
});

t.test(
  'the bucket is the top byte of the multiplicative hash, dealt in turn',
  async (t) => {
    const view = new PlainView(
      dh,
      Array.from({ length: 7 }, () => ({ weight: 5 })),
    );
    for (const address of [
      '10.1.1.19',
      '10.1.1.20',
      '192.168.6.240',
      '255.255.255.255',
    ]) {
      view.destination = addressBytes(address);
      const hash = (ipv4Number(address) * 0x61c88647n) & 0xffffffffn;
      t.equal(dh.pick(view, client()), Number((hash >> 24n) % 7n), address);
    }
  },
);

t.test('an IPv6 address is folded into one word first', async (t) => {
  const view = new PlainView(
    dh,
    Array.from({ length: 5 }, () => ({})),
  );
  view.destination = addressBytes('2001:db8::a01:113');
  const folded = 0x20010db8n ^ 0x0a010113n;
  const bucket = ((folded * 0x61c88647n) & 0xffffffffn) >> 24n;
  t.equal(dh.pick(view, client()), Number(bucket % 5n));
});

t.test(
  'with its server not eligible a service refuses, others eligible or not',
  async (t) => {
    const view = new PlainView(dh, [{}, {}, {}]);
    const row = dh.pick(view, client()) ?? -1;
    view.excluded.add(row);
    t.equal(picks(dh, view, 2), '- -');
    view.excluded.clear();
    t.equal(dh.pick(view, client()), row);
  },
);
