import t from 'tap';
import { aService } from '../../support/config.ts';
import { serverAt, tableOf } from '../../support/engine-rig.ts';
import { aBench, anOddOne } from '../../support/ipvs-bench.ts';
import { lab } from '../../support/lab.ts';
import { BOTH, FIRST, SECOND, SERVICE } from './pair.ts';

/** As procfs shows them: client, virtual and real server, each with its port. */
const OPEN = 'TCP C0000207 C827 0A010113 0050 0A010115 0050 ESTABLISHED     897';
const HALF = 'TCP C0000208 C827 0A010113 0050 0A010116 0050 FIN_WAIT         59';
const OVER = 'TCP C0000209 C827 0A010113 0050 0A010116 0050 TIME_WAIT        59';
const LAST = 'TCP C0000209 C827 0A010113 0050 0A010116 0050 LAST_ACK         29';
const OTHERS = 'TCP C0000207 C828 0A090909 0050 0A010115 0050 ESTABLISHED     897';
const GONE = 'TCP C000020A C827 0A010113 0050 0A010119 0050 ESTABLISHED     897';

t.test(
  'connections are told, those of other services are not',
  lab('perl'),
  async (t) => {
    const { engine, table } = aBench(t);
    const { traffic } = engine;
    t.same(await traffic.connections({}, 9), { items: [], total: 0 });
    t.same(table.calls(), [], 'no service, no call');
    await engine.apply(BOTH);
    table.connect(OPEN, HALF, OVER, OTHERS, GONE);
    const { items, total } = await traffic.connections({}, 9);
    t.equal(total, 3, 'but for one that is over');
    const { id: service } = SERVICE;
    t.match(items, [
      {
        id: /^i[0-9a-f]{16}$/,
        service,
        server: FIRST.id,
        client: '192.0.2.7:51239',
        protocol: 'tcp',
        state: 'open',
        since: null,
        bytesIn: null,
        bytesOut: null,
      },
      { server: SECOND.id, state: 'half-closed' },
      { server: '10.1.1.25:80', state: 'open' },
    ]);
    const names = items.map(({ id }) => id);
    t.equal(new Set(names).size, 3);
    t.same(await traffic.connections({ id: names[1] }, 9), {
      items: [items[1]],
      total: 1,
    });
    table.connect(OPEN, HALF, LAST, OTHERS, GONE);
    t.match(await traffic.connections({ server: SECOND.id }, 1), {
      items: { length: 1 },
      total: 2,
    });
    t.match(await traffic.connections({ service: 'tcp:10.9.9.9:80' }, 9), { total: 0 });
    t.match(await traffic.connections({ id: 'n1-1' }, 9), { total: 0 });
  },
);

t.test('none can be ended, and it says what can be done', lab('perl'), async (t) => {
  const { engine, table } = aBench(t);
  const { traffic } = engine;
  await engine.apply(BOTH);
  table.connect(OVER);
  t.equal(await traffic.end({}), 0, 'what is over needs no end');
  table.connect(OPEN);
  const why = /no command that ends.*weight 0.*expire_nodest_conn=1.*engine = nftables/;
  await t.rejects(traffic.end({}), { message: why });
  await t.rejects(traffic.end({ server: FIRST.id }), { message: why });
  t.equal(await traffic.end({ server: SECOND.id }), 0, 'it has none');
  t.equal(await traffic.end({ id: 'f1-1' }), 0, "another engine's");
});

t.test('clients that persist are told, with their network', lab('perl'), async (t) => {
  const { engine, table } = aBench(t);
  const { traffic } = engine;
  const service = aService({ persistent: 300, netmask: '255.255.255.0' });
  const six = aService({ address: '2001:db8::19', persistent: 60 });
  const far = serverAt('2001:db8::21', 8080);
  await engine.apply([...tableOf(service, FIRST, SECOND), ...tableOf(six, far)]);
  table.connect(
    OPEN,
    'TCP C0000200 0000 0A010113 0050 0A010115 0050 NONE             44',
    'TCP C6336400 0000 0A010113 0050 0A010116 0050 ASSURED        3599',
    'TCP 2001:0db8:0000:0000:0000:0000:0000:0007 0000 2001:0db8:0000:0000:0000:0000:0000:0019 0050 2001:0db8:0000:0000:0000:0000:0000:0021 1F90 NONE        117',
  );
  const [near, other] = [
    {
      service: service.id,
      server: FIRST.id,
      client: '192.0.2.0/24',
      expiresSeconds: 44,
    },
    {
      service: service.id,
      server: SECOND.id,
      client: '198.51.100.0/24',
      expiresSeconds: 3599,
    },
  ];
  const client = '2001:db8::7';
  const third = { service: six.id, server: far.id, client, expiresSeconds: 117 };
  t.same(await traffic.persistence({}, 9), { items: [near, other, third], total: 3 });
  t.same(await traffic.persistence({}, 1), { items: [near], total: 3 });
  t.same(await traffic.persistence({ client: '198.51.100.77' }, 9), {
    items: [other],
    total: 1,
  });
  t.same(await traffic.persistence({ client }, 9), { items: [third], total: 1 });
  t.match(await traffic.persistence({ client: 'nobody' }, 9), { total: 0 });
  t.match(await traffic.connections({}, 9), { total: 1 });
  const why = /no command that forgets.*expire_quiescent_template=1/;
  await t.rejects(traffic.forget({ service: service.id }), { message: why });
  t.equal(await traffic.forget({ client: '203.0.113.1' }), 0);
});

t.test('marks and services of every port are told apart', lab('perl'), async (t) => {
  const { engine, table } = aBench(t);
  const marked = aService({
    protocol: 'fwm',
    fwmark: 5,
    address: undefined,
    port: undefined,
    persistent: 60,
  });
  const every = aService({ address: '10.1.1.20', port: 0, persistent: 60 });
  const dns = aService({ protocol: 'udp', port: 53 });
  const portless = serverAt('10.1.1.21', 0);
  await engine.apply([
    ...tableOf(marked, portless),
    ...tableOf(every, portless),
    ...tableOf(dns, serverAt('10.1.1.22', 53)),
  ]);
  table.connect(
    'TCP C0000207 C827 0A010114 01BB 0A010115 01BB ESTABLISHED     897',
    'TCP C0000207 0000 0A010114 0000 0A010115 0000 NONE             44',
    'TCP C0000207 C829 0A010163 01BB 0A010115 01BB ESTABLISHED     897',
    'IP  C0000207 0000 00000005 0000 0A010115 0000 NONE             44',
    'UDP C0000207 C828 0A010113 0035 0A010116 0035 UDP             299',
    'SCTP what',
    'TCP C0000207 C829 0A010163 01BB 0A010177 01BB ESTABLISHED     897',
  );
  const { items } = await engine.traffic.connections({}, 9);
  t.match(items, [
    { service: every.id, server: portless.id },
    { service: marked.id, server: portless.id, protocol: 'tcp' },
    { service: dns.id, server: '10.1.1.22:53', protocol: 'udp', state: 'open' },
  ]);
  t.equal(items.length, 3);
  const templates = await engine.traffic.persistence({}, 9);
  t.match(templates.items, [
    { service: every.id, server: portless.id, client: '192.0.2.7' },
    { service: marked.id, server: portless.id, client: '192.0.2.7' },
  ]);
});

t.test('an ipvsadm that cannot list says why', lab('perl'), async (t) => {
  const { engine } = aBench(t);
  await engine.apply(BOTH);
  const why = /cannot list connections: cannot open file .proc.net.ip_vs_conn/;
  await t.rejects(engine.traffic.connections({}, 9), { message: why });
  const odd = anOddOne(t, 'nothing', 'exit 1');
  await odd.engine.apply(BOTH);
  const list = odd.engine.traffic.connections({}, 9);
  await odd.engine.close({ clean: false });
  await t.rejects(list, { message: /closed/ });
});
