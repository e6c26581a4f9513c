import { writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { canonicalIpv6 } from '../../../../lib/engines/host-addresses.ts';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { ipvsServices } from '../../../../lib/engines/net/listening/ip-vs.ts';
import { rigFor, tableOf } from '../../../support/engine-rig.ts';

const TABLE = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A010113:0050 rr
  -> 0A010115:0050      Masq    1      0          0
UDP  0A010113:0035 wlc
TCP  [2001:0db8:0000:0000:0000:0000:0000:0001]:01BB wrr persistent 300 128
FWM  00000005 wlc
`;

t.test('the services of the table are read, IPv6 in its shortest form', async (t) => {
  const proc = t.testdir({ net: { ip_vs: TABLE } });
  const found = await ipvsServices(proc);
  t.same([...found], ['tcp:10.1.1.19:80', 'udp:10.1.1.19:53', 'tcp:[2001:db8::1]:443']);
  t.equal((await ipvsServices(`${proc}/none`)).size, 0, 'no IPVS, none');
  t.equal(canonicalIpv6('2001:DB8:0::1'), '2001:db8::1');
});

/** An engine on a machine whose IPVS may hold the address of a service. */
async function heldService(t: Test) {
  const proc = t.testdir({ net: { ip_vs: '' } });
  const rig = rigFor(t, createNetEngine({ proc }));
  const service = await rig.service();
  const server = await rig.server((socket) => socket.end('a'));
  const port = (service.port ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const hold = (held: boolean) =>
    writeFileSync(`${proc}/net/ip_vs`, held ? `TCP  7F000001:${port} rr\n` : '');
  return { rig, service, server, hold };
}

t.test(
  'a service whose address IPVS holds fails with the mend until it is cleared',
  async (t) => {
    const { rig, service, server, hold } = await heldService(t);
    hold(true);
    const [held] = await rig.engine.apply(tableOf(service, server.entry()));
    t.match(held, { state: 'failed' });
    t.match(held?.problem, `ipvsadm -D -t 127.0.0.1:${service.port}`);
    await t.rejects(rig.client(service), { code: 'ECONNREFUSED' });
    const changed = rig.event('outcome');
    hold(false);
    t.same((await changed).outcome, { id: service.id, state: 'carried' });
    t.equal(await rig.ask(service), 'a');
  },
);

t.test('one that IPVS is to let go of listens before that', async (t) => {
  const { rig, service, server, hold } = await heldService(t);
  hold(true);
  const [entry] = tableOf(service, server.entry());
  const arriving = entry ? [{ ...entry, arriving: true as const }] : [];
  t.match(await rig.engine.apply(arriving), [{ state: 'carried' }]);
  t.equal(await rig.ask(service), 'a');
  const plain = tableOf(service, server.entry({ weight: 2 }));
  t.match(await rig.engine.apply(plain), [{ state: 'carried' }], 'and goes on');
  t.equal(await rig.ask(service), 'a');
});

t.test('one that listens goes on when IPVS gets the address', async (t) => {
  const { rig, service, server, hold } = await heldService(t);
  await rig.engine.apply(tableOf(service, server.entry()));
  hold(true);
  const changed = tableOf(service, server.entry({ weight: 2 }));
  t.match(await rig.engine.apply(changed), [{ state: 'carried' }]);
  t.equal(await rig.ask(service), 'a');
});
