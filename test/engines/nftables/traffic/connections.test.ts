import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Connections } from '../../../../lib/engines/nftables/traffic/connections.ts';
import { Owners, selections } from '../../../../lib/engines/nftables/traffic/owners.ts';
import { serverAt } from '../../../support/engine-rig.ts';
import { entry, VIP, VIP6, WEB1, WEB2 } from '../../../support/kernel-stage.ts';

const { signal } = new AbortController();
const FLOWS = 100_000;

/** Lists so many flows to web1 from different clients, that ask for so many ports; deletes none. */
const SCRIPT = `
  const [flows, ports, ...words] = process.argv.slice(2);
  if (words.includes('-D')) {
    process.stderr.write('conntrack: 0 flow entries have been deleted.\\n');
    process.exit(1);
  }
  let piece = 'an odd line\\n';
  for (let n = 0; n < Number(flows) && words.includes('ipv4'); n++) {
    const client = '192.0.' + (n >> 8 & 255) + '.' + (n & 255);
    const sport = 20000 + (n >> 16);
    piece += 'tcp      6 431999 ESTABLISHED src=' + client + ' dst=${VIP} sport=' + sport +
      ' dport=' + (80 + n % ports) + ' src=${WEB1} dst=' + client +
      ' sport=80 dport=' + sport + ' [ASSURED] mark=0 use=1 id=' + n + '\\n';
  }
  process.stdout.write(piece);`;

/** @returns a conntrack that has so many flows, which ask for so many ports */
function conntrack(t: Pick<Test, 'testdir'>) {
  const script = join(t.testdir({ 'conntrack.cjs': SCRIPT }), 'conntrack.cjs');
  return (flows: number, ports = 1) => [
    process.execPath,
    script,
    String(flows),
    String(ports),
  ];
}

/** @returns how many turns the event loop takes until then */
async function turns(until: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  void until.then(over, over);
  for (; !isOver; turns++) await new Promise((resolve) => setImmediate(resolve));
  return turns;
}

t.test('100,000 flows are counted in pieces, and few are held', async (t) => {
  const web = entry();
  const program = conntrack(t)(FLOWS);
  const subject = new Connections({ program, table: () => [web], signal });
  const list = subject.list({}, 10);
  const taken = await turns(list);
  t.ok(taken > FLOWS / 200, `${taken} turns, each of a hundred flows or so`);
  const { items, total } = await list;
  t.equal(total, FLOWS);
  t.equal(items.length, 10);
  t.match(items[1], {
    id: 'f1-20000',
    client: '192.0.0.1:20000',
    server: `${WEB1}:80`,
    state: 'open',
    since: null,
    bytesIn: null,
    bytesOut: null,
  });
  t.match(await subject.list({ id: 'f99999-20001' }, 5), {
    items: { length: 1 },
    total: 1,
  });
});

t.test('flows that ask for a thousand places are not ended one by one', async (t) => {
  const every = entry({ port: 0 }, [serverAt(WEB1, 0)]);
  const table = () => [every];
  const program = conntrack(t);
  const many = new Connections({ program: program(1200, 1200), table, signal });
  await t.rejects(many.end({}), { message: /more than 1000 places/ });
  const few = new Connections({ program: program(8, 2), table, signal });
  t.equal(await few.end({}), 0, 'they went by themselves');
});

t.test('only what is asked for is listed by the kernel', async (t) => {
  const [web, dns, six, mark] = [
    entry(),
    entry({ protocol: 'udp', port: 53 }),
    entry({ address: `${VIP6}%eth0`, port: 0, family: 'inet6' }, [
      serverAt('2001:db8::21', 0),
    ]),
    entry({ protocol: 'fwm', address: undefined, port: undefined, fwmark: 5 }),
  ];
  const owners = new Owners([web, dns, six, mark]);
  const words = (filter: object) =>
    selections(owners.matching(filter)).map((one) => one.join(' '));
  t.same(words({}), ['-f ipv4', '-f ipv6']);
  t.same(words({ service: web.service.id }), [
    `-f ipv4 -p tcp --orig-dst ${VIP} --orig-port-dst 80`,
  ]);
  t.same(words({ service: six.service.id }), [
    `-f ipv6 -p tcp --orig-dst ${VIP6} --reply-src 2001:db8::21`,
  ]);
  t.same(words({ service: dns.service.id, server: `${WEB2}:53` }), [
    `-f ipv4 -p udp --orig-dst ${VIP} --orig-port-dst 53 --reply-src ${WEB2}`,
  ]);
  t.same(words({ service: mark.service.id, server: mark.servers[0]?.id }), [
    `-f ipv4 --reply-src ${WEB1}`,
  ]);
  t.same(words({ service: 'tcp:192.0.2.1:1' }), []);
});

t.test('what is not its own is not asked of the kernel', async (t) => {
  const program = ['/no/such/program'];
  const table = () => [entry()];
  const subject = new Connections({ program, table, signal });
  t.same(await subject.list({ id: 'n1-1' }, 9), { items: [], total: 0 });
  t.equal(await subject.end({ id: 'n1-1' }), 0);
  t.same(await subject.list({ server: 'nobody' }, 9), { items: [], total: 0 });
  await t.rejects(subject.list({}, 9), {
    message: /ENOENT.*apt-get install conntrack/,
  });
});
