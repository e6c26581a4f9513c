import t from 'tap';
import { LaterClients } from '../../../lib/engines/net/later-clients.ts';
import type { LeftClients } from '../../../lib/model/heritage.ts';

const row = (
  service: string,
  server: string,
  clients: readonly string[],
  end = 1,
): LeftClients => ({
  ...{ service, server, netmask: null, clients },
  ends: clients.map(() => end),
});
const named = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => (from + at).toString(16).padStart(8, '0'));
const clientsIn = (rows: readonly LeftClients[]) =>
  rows.flatMap(({ clients }) => clients);

t.test('of too many of a service the first that were told go', async (t) => {
  const later = new LaterClients(3000);
  later.add(row('one', 'a', named(4)));
  later.add(row('one', 'b', named(4)));
  later.add(row('two', 'a', named(15)));
  const rest = clientsIn(later.take('two', new Set(['a', 'b'])));
  t.strictSame(rest, named(6, 9), 'of one that has no others its own');
  later.add(row('one', 'c', named(8)));
  t.strictSame(clientsIn(later.take('one', new Set(['a', 'x']))), named(2, 2));
  t.match(later.take('one', new Set(['b', 'c'])), [{ server: 'b' }, { server: 'c' }]);
  later.add(row('two', 'a', named(40)));
  const left = clientsIn(later.take('two', new Set(['a'])));
  t.strictSame(left, named(left.length, 40 - left.length), 'also of one message');
  t.ok(left.length > 20);
  t.equal(later.bytes, 0);
});

t.test('a client is known once, as it was told last', async (t) => {
  const later = new LaterClients();
  later.add(row('one', 'a', named(3), 1));
  later.add(row('one', 'a', named(1), 2));
  later.add(row('one', 'a', named(1, 2), 0));
  t.match(later.take('one', new Set(['a'])), [
    { clients: ['00000001', '00000000'], ends: [1, 2] },
  ]);
  t.strictSame(later.take('one', new Set(['a'])), []);
});

t.test('a worker is told a thousand at a time', async (t) => {
  const later = new LaterClients();
  later.add(row('one', 'a', named(2500)));
  t.strictSame(
    later.take('one', new Set(['a'])).map(({ clients }) => clients.length),
    [1000, 1000, 500],
  );
});

t.test('rows without clients take nothing, and long names count', async (t) => {
  const later = new LaterClients(100_000);
  const name = (at: number) => String(at).padEnd(1000, '\u20ac');
  const servers: string[] = [];
  for (let at = 0; at < 200; at++) {
    later.add(row('one', name(at), []));
    later.add(row('one', name(at), named(1), 0));
  }
  t.equal(later.bytes, 0);
  for (let at = 0; at < 200; at++) {
    servers.push(name(at));
    later.add(row('one', name(at), named(1)));
  }
  const { bytes } = later;
  t.ok(bytes > 50_000 && bytes <= 100_000, `${bytes} bytes`);
  const taken = later.take('one', new Set(servers));
  t.ok(taken.length < 25, `${taken.length} servers`);
  t.equal(taken.at(-1)?.server, servers.at(-1));
});
