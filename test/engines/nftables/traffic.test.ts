import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Engine } from '../../../lib/model/engine.ts';
import type {
  Connection,
  ConnectionFilter,
  PersistenceEntry,
  PersistenceFilter,
  Traffic,
} from '../../../lib/model/traffic.ts';
import { serverAt, until } from '../../support/engine-rig.ts';
import {
  ask,
  asks,
  entry,
  hold,
  kernelStage,
  VIP,
  VIP6,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';
import { recordingEngine } from '../../support/recording-engine.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const WEB = `TCP:${VIP}:80`;
const SIX = '2001:db8::21';

/** Open connections. */
async function open(engine: Engine, filter: ConnectionFilter = {}) {
  const { items } = await listed(engine, filter);
  return items.filter(({ state }) => state === 'open');
}

function listed({ traffic }: Engine, filter: ConnectionFilter = {}, most = 100) {
  return traffic.connections(filter, most);
}

async function end({ traffic }: Engine, filter: ConnectionFilter): Promise<number> {
  return await traffic.end(filter);
}

async function clients({ traffic }: Engine, filter: PersistenceFilter = {}) {
  return (await traffic.persistence(filter, 100)).items;
}

t.test('one connection is listed and ended, the others go on', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  await stage.director.run(
    'sysctl',
    '-qw',
    'net.netfilter.nf_conntrack_acct=1',
    'net.netfilter.nf_conntrack_timestamp=1',
  );
  const engine = stage.engine();
  t.same(await listed(engine), { items: [], total: 0 }, 'before there is a table');
  const web = entry();
  const { id: service } = web.service;
  await engine.apply([web]);
  const held = [
    await hold(stage.client, WEB),
    await hold(stage.client, WEB),
    await hold(stage.client, WEB),
  ];
  t.same(
    held.map(({ server }) => server),
    ['web1', 'web2', 'web1'],
  );
  const all = await open(engine);
  t.equal(all.length, 3);
  t.equal(new Set(all.map(({ id }) => id)).size, 3);
  const [second, ...none] = await open(engine, { server: `${WEB2}:80` });
  t.same(none, []);
  t.match(second, {
    id: /^[A-Za-z0-9-]+$/,
    service,
    server: `${WEB2}:80`,
    client: /^10\.1\.1\.100:\d+$/,
    protocol: 'tcp',
  });
  t.ok(second?.bytesIn && second.bytesOut, 'nf_conntrack_acct counts');
  const age = Date.now() - Date.parse(second?.since ?? '');
  t.ok(age >= 0 && age < 60_000, `${age} ms`);
  t.match(await listed(engine, { service }, 1), { items: { length: 1 }, total: 3 });
  t.match(await listed(engine, { service: 'tcp:10.1.1.19:81' }), { total: 0 });
  t.match(await listed(engine, { id: 'n1-1' }), { total: 0 });
  t.equal(await end(engine, { id: second?.id }), 1);
  t.equal(await end(engine, { id: second?.id }), 0, 'it is over');
  t.equal(await held[1]?.say('hello'), 'reset', 'and led to nobody else');
  t.equal(await held[0]?.say('hello'), 'hello');
  t.equal(await end(engine, { service, server: `${WEB1}:80` }), 2);
  t.equal(await held[0]?.say('hello'), 'reset');
  t.equal(await held[2]?.say('hello'), 'reset');
  t.same(await open(engine), []);
  t.same(await asks(stage.client, WEB, 2), ['web2', 'web1'], 'new ones come through');
  const { length } = (await stage.director.run('conntrack', '-L', '-p', 'tcp')).split(
    '\n',
  );
  t.ok(length > 1, 'the kernel has them in mind');
  await until(async () => (await listed(engine)).total === 0);
});

t.test('a server that goes on talking is told too', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const talk = 'SYSTEM:while echo tick; do sleep 0.1; done';
  stage.web1.spawn('socat', ['TCP-LISTEN:7000,fork,reuseaddr', talk]);
  const talking = () =>
    stage.web1.run('ss', '-Htn', 'state', 'established', 'sport = :7000');
  const engine = stage.engine();
  await engine.apply([entry({ port: 7000 }, [serverAt(WEB1, 7000)])]);
  await until(async () => {
    const held = await hold(stage.client, `TCP:${VIP}:7000`);
    return held.server === 'tick';
  });
  t.match(await talking(), /:7000/);
  t.equal(await end(engine, { server: `${WEB1}:7000` }), 1);
  await until(async () => (await talking()) === '');
  t.same(await open(engine), []);
});

t.test('a service of every port loses what is its own only', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  const every = entry({ port: 0 }, [serverAt(WEB1, 0)]);
  const one = entry({}, [serverAt(WEB1, 80)]);
  const six = entry({ address: VIP6 }, [serverAt(SIX, 80)], { snat: true });
  await engine.apply([every, one, six]);
  const [lost, kept, other] = [
    await hold(stage.client, `TCP:${VIP}:81`),
    await hold(stage.client, WEB),
    await hold(stage.client, `TCP6:[${VIP6}]:80`),
  ];
  t.match(await open(engine, { service: every.service.id }), { length: 1 });
  t.match(await open(engine, { service: six.service.id }), [
    { client: /^\[2001:db8::64\]:\d+$|^\[2001:db8::100\]:\d+$/ },
  ]);
  t.equal(await end(engine, { service: every.service.id }), 1);
  t.equal(await lost.say('hello'), 'reset');
  t.equal(await kept.say('hello'), 'hello');
  t.equal(await end(engine, {}), 2);
  t.equal(await other.say('hello'), 'reset');
});

t.test(
  'what a mark brought is told by its server, and UDP ends too',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    await stage.nft('add table inet user');
    await stage.nft(
      'add chain inet user before { type filter hook prerouting priority mangle; }',
    );
    await stage.nft(
      `add rule inet user before ip daddr ${VIP} th dport 53 meta mark set 5`,
    );
    const engine = stage.engine();
    const nowhere = { address: undefined, port: undefined };
    const marked = entry({ protocol: 'fwm', fwmark: 5, ...nowhere }, [
      serverAt(WEB1, 0),
    ]);
    const web = entry({}, [serverAt(WEB1, 80)]);
    await engine.apply([marked, web]);
    const held = await hold(stage.client, WEB);
    t.equal(await ask(stage.client, `UDP:${VIP}:53`), 'web1');
    const { id: service } = marked.service;
    t.match(await listed(engine, { service }), {
      items: [{ protocol: 'udp', server: marked.servers[0]?.id, state: 'open' }],
      total: 1,
    });
    t.equal(await end(engine, { service }), 1);
    t.match(await listed(engine, { service }), { total: 0 });
    t.equal(await held.say('hello'), 'hello');
  },
);

t.test('clients that persist are listed, and forgotten', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  const web = entry({ persistent: 300 });
  const netmask = '255.255.255.0';
  const net = entry({ persistent: 60, port: 81, netmask });
  const many = Array.from({ length: 12 }, (_, n) => serverAt(`10.1.1.${200 + n}`, 82));
  const large = entry({ persistent: 60, port: 82 }, many);
  await engine.apply([web, net, large]);
  t.same(await clients(engine), []);
  t.same(await asks(stage.client, WEB, 2), ['web1', 'web1']);
  t.equal(await ask(stage.client, `TCP:${VIP}:81`), 'web1');
  const all = await clients(engine);
  t.match(
    all.toSorted((one, other) => (one.client < other.client ? -1 : 1)),
    [
      { client: '10.1.1.0/24', service: net.service.id, server: `${WEB1}:81` },
      { client: '10.1.1.100', service: web.service.id, server: `${WEB1}:80` },
    ],
  );
  const left = all
    .map(({ expiresSeconds }) => expiresSeconds)
    .toSorted((a, b) => a - b);
  t.ok(left[0] && left[0] > 50 && left[0] <= 60, `${left}`);
  t.ok(left[1] && left[1] > 290 && left[1] <= 300, `${left}`);
  t.match(await clients(engine, { client: '10.1.1.7' }), [{ client: '10.1.1.0/24' }]);
  t.equal(
    await engine.traffic.forget({ client: '10.1.1.100', server: `${WEB1}:80` }),
    1,
  );
  t.equal(await ask(stage.client, WEB), 'web2', 'scheduled anew');
  t.match(await clients(engine), { length: 2 });
  t.equal(await engine.traffic.forget({ service: web.service.id }), 1);
  t.match(await clients(engine), [{ client: '10.1.1.0/24' }]);
  t.equal(await engine.traffic.forget({ client: '192.0.2.1' }), 0);
  t.equal(await engine.traffic.forget({}), 1);
  t.same(await clients(engine), []);
  t.match(await engine.apply([web, net]), [{ state: 'carried' }, { state: 'carried' }]);
  t.same(await clients(engine), []);
  t.equal(await ask(stage.client, WEB), 'web1');
});

t.test('a fallback on this host is a part of it', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const one = { id: 'n1-1', server: 'fallback:127.0.0.1:80' } as Connection;
  const client = { client: '10.1.1.100', server: one.server } as PersistenceEntry;
  const traffic: Traffic = {
    connections: async () => ({ items: [one], total: 7 }),
    end: async () => 7,
    persistence: async () => ({ items: [client], total: 3 }),
    forget: async () => 3,
  };
  const engine = stage.engine({
    createHome: () => Object.assign(recordingEngine(), { traffic }),
  });
  const id = one.server ?? '';
  const home = serverAt('127.0.0.1', 80, { id, fallback: true });
  await engine.apply([entry({ persistent: 60 }, [serverAt(WEB1, 80), home])]);
  const held = await hold(stage.client, WEB);
  t.match(await listed(engine), { items: { length: 2 }, total: 8 });
  t.match(await listed(engine, {}, 1), { items: { length: 1 }, total: 8 });
  t.match(await clients(engine), { length: 2 });
  t.equal(await engine.traffic.forget({}), 4);
  t.equal(await end(engine, {}), 8);
  t.equal(await held.say('hello'), 'reset');
});

t.test('without the program conntrack it says what would mend it', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  await engine.apply([entry()]);
  const { PATH } = process.env;
  const folder = t.testdir({
    conntrack: '#!/bin/sh\necho no such thing >&2\nexit 3\n',
  });
  chmodSync(join(folder, 'conntrack'), 0o755);
  process.env.PATH = `${folder}:${PATH}`;
  t.teardown(() => {
    process.env.PATH = PATH;
  });
  const why = /conntrack: no such thing\).*apt-get install conntrack/;
  await t.rejects(listed(engine), { message: why });
  await t.rejects(end(engine, {}), { message: why });
});
