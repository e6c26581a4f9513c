import t from 'tap';
import { Callers } from '../../../../lib/engines/net/table/callers.ts';
import type { ServiceEntry } from '../../../../lib/model/engine.ts';
import { aReal, aService, OPTIONS } from '../../../support/config.ts';
import { serverAt } from '../../../support/engine-rig.ts';

/** A service at that place, with real servers at those. */
function entryAt(
  place: string,
  servers: readonly string[],
  {
    sni = [],
    protocol = 'tcp',
  }: { sni?: readonly string[]; protocol?: 'tcp' | 'udp' } = {},
): ServiceEntry {
  const { address, port } = aReal(place);
  const routes = sni.map((service) => ({ name: 'a.example', service }));
  const options = { ...OPTIONS, sni: routes };
  const service = aService({
    id: `${protocol}:${place}`,
    ...{ protocol, address, port, options },
  });
  return {
    service,
    servers: servers.map((server) => {
      const { address, port } = aReal(server);
      return serverAt(address, port);
    }),
  };
}

const A = '10.1.1.1:80';
const B = '10.1.1.2:80';
const C = '10.1.1.3:80';
const WEB = '10.0.0.2:80';

const callersOf = (callers: Callers, id: string) =>
  callers.of(id).map((service) => service.id);

t.test('callers are those over any number of services', async (t) => {
  const callers = new Callers();
  const changed = callers.revise([
    entryAt(A, [WEB], { sni: [`tcp:${B}`] }),
    entryAt(B, [WEB, C]),
    entryAt(C, [WEB, '10.1.1.9:80']),
    entryAt(C, [WEB], { protocol: 'udp' }),
  ]);
  t.strictSame(changed, [`tcp:${B}`, `tcp:${C}`]);
  t.strictSame(callersOf(callers, `tcp:${A}`), []);
  t.strictSame(callersOf(callers, `tcp:${B}`), [`tcp:${A}`]);
  t.strictSame(callersOf(callers, `tcp:${C}`), [`tcp:${B}`, `tcp:${A}`]);
  t.strictSame(callersOf(callers, `udp:${C}`), []);
});

t.test('a cycle that a name makes, and unmakes, is seen at once', async (t) => {
  const callers = new Callers();
  const a = entryAt(A, [WEB, B]);
  const b = entryAt(B, [WEB]);
  t.strictSame(callers.revise([a, b]), [`tcp:${B}`]);
  t.strictSame(callers.revise([a, b]), [], 'nothing new');
  const back = { ...b, servers: [...b.servers, serverAt('10.1.1.1', 80)] };
  t.strictSame(callers.revise([a, back]), [`tcp:${A}`]);
  t.strictSame(callersOf(callers, `tcp:${A}`), [`tcp:${B}`]);
  t.strictSame(callersOf(callers, `tcp:${B}`), [`tcp:${A}`], 'nobody is its own');
  t.strictSame(callers.revise([a, b]), [`tcp:${A}`]);
  t.strictSame(callersOf(callers, `tcp:${A}`), []);
  t.strictSame(callers.revise([b]), [`tcp:${B}`], 'the other service left');
  t.strictSame(callersOf(callers, `tcp:${B}`), []);
});

t.test('a listener on every address takes what no other one does', async (t) => {
  const callers = new Callers();
  const every = entryAt('0.0.0.0:80', [WEB]);
  const one = entryAt(A, ['127.0.0.1:80', '127.0.0.1:81']);
  callers.revise([every, one]);
  t.strictSame(callersOf(callers, 'tcp:0.0.0.0:80'), [`tcp:${A}`]);
  callers.revise([every, one, entryAt('127.0.0.1:80', [WEB])]);
  t.strictSame(callersOf(callers, 'tcp:0.0.0.0:80'), []);
  t.strictSame(callersOf(callers, 'tcp:127.0.0.1:80'), [`tcp:${A}`]);
});
