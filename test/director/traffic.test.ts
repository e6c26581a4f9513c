import t from 'tap';
import { joinTraffic } from '../../lib/director/traffic.ts';
import type { Connection, PersistenceEntry, Traffic } from '../../lib/model/traffic.ts';
import type { EngineName } from '../../lib/model/virtual-service.ts';

/** An engine through which so much goes; a text: why it cannot say. */
function engine(name: EngineName, many: number | string): [EngineName, Traffic] {
  const answer = async <T>(of: (count: number) => T): Promise<T> => {
    if (typeof many === 'string') throw new Error(many);
    return of(many);
  };
  const list = (most: number) =>
    answer((total) => ({
      items: Array.from({ length: Math.min(total, most) }, (_, n) => `${name}${n}`),
      total,
    }));
  const traffic = {
    connections: async (_: unknown, most: number) => list(most),
    persistence: async (_: unknown, most: number) => list(most),
    end: () => answer((count) => count),
    forget: () => answer((count) => count),
  } as unknown as Traffic;
  return [name, traffic];
}

function joint(...engines: readonly [EngineName, Traffic][]) {
  const said: string[] = [];
  const traffic = joinTraffic({ warn: (line) => said.push(line) }, () => engines);
  return { traffic, said };
}

const items = (...names: readonly string[]) =>
  names as unknown as (Connection & PersistenceEntry)[];

t.test('lists are joined as far as was asked, numbers are added', async (t) => {
  const { traffic, said } = joint(engine('net', 3), engine('nftables', 4));
  t.same(await traffic.connections({}, 5), {
    items: items('net0', 'net1', 'net2', 'nftables0', 'nftables1'),
    total: 7,
  });
  t.same(await traffic.persistence({ service: 's' }, 1), {
    items: items('net0'),
    total: 7,
  });
  t.same(await traffic.connections({ service: 's' }, 0), { items: [], total: 7 });
  t.equal(await traffic.end({ service: 's' }), 7);
  t.equal(await traffic.forget({}), 7);
  t.same(said, []);
});

t.test('an engine that cannot list is left out, and the log says so', async (t) => {
  const { traffic, said } = joint(engine('net', 0), engine('ipvs', 'no ipvsadm'));
  t.same(await traffic.connections({}, 5), { items: [], total: 0 });
  t.same(await traffic.persistence({}, 5), { items: [], total: 0 });
  const line = 'What goes through the engine ipvs was left out: no ipvsadm';
  t.same(said, [line, line]);
});

t.test('a list of one service is whole, or is none', async (t) => {
  const { traffic, said } = joint(engine('net', 2), engine('nftables', 'no conntrack'));
  const wish = { service: 's' };
  await t.rejects(traffic.connections(wish, 5), { message: 'no conntrack' });
  await t.rejects(traffic.persistence(wish, 5), { message: 'no conntrack' });
  t.equal(await traffic.end(wish), 2);
  t.equal(said.length, 1);
});

t.test('where all that was asked for cannot be done, that is the answer', async (t) => {
  const { traffic, said } = joint(
    engine('net', 0),
    engine('ipvs', 'it has no command'),
  );
  await t.rejects(traffic.end({}), { message: 'it has no command' });
  await t.rejects(traffic.forget({}), { message: 'it has no command' });
  t.same(said, []);
  const busy = joint(engine('net', 2), engine('ipvs', 'it has no command'));
  t.equal(await busy.traffic.end({}), 2);
  t.equal(busy.said.length, 1);
  const none = joint(engine('nftables', 'one'), engine('ipvs', 'other'));
  await t.rejects(none.traffic.connections({}, 1), { message: 'one; other' });
});

t.test('of no engine there is nothing', async (t) => {
  const { traffic } = joint();
  t.same(await traffic.connections({}, 5), { items: [], total: 0 });
  t.equal(await traffic.end({}), 0);
});
