import t from 'tap';
import { capabilitiesFor } from '../../lib/config/capabilities.ts';
import { CAPABILITY_NAMES, capabilitiesIn } from '../../lib/model/capability.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { aConfig, aService, OPTIONS } from '../support/config.ts';

const high = { port: 8080 };
const CASES: readonly (readonly [
  string,
  Partial<VirtualService>,
  readonly string[],
])[] = [
  ['a high port', high, []],
  ['a low port', { port: 1023 }, ['CAP_NET_BIND_SERVICE']],
  ['any port', { port: 0 }, []],
  [
    'nftables',
    { ...high, options: { ...OPTIONS, engine: 'nftables' } },
    ['CAP_NET_ADMIN'],
  ],
  ['auto', { ...high, options: { ...OPTIONS, engine: 'auto' } }, ['CAP_NET_ADMIN']],
  ['capture', { ...high, options: { ...OPTIONS, capture: true } }, ['CAP_NET_ADMIN']],
  [
    'a mark',
    { address: undefined, port: undefined, fwmark: 5, protocol: 'fwm' },
    ['CAP_NET_ADMIN'],
  ],
  ['ping', { ...high, checktype: 'ping' }, ['CAP_NET_RAW']],
  [
    'UDP by connect',
    { ...high, protocol: 'udp', checktype: 'connect' },
    ['CAP_NET_RAW'],
  ],
  ['UDP by both', { ...high, protocol: 'udp', checktype: 3 }, ['CAP_NET_RAW']],
  ['UDP by its service', { ...high, protocol: 'udp', checktype: 'negotiate' }, []],
];

for (const [what, fields, names] of CASES)
  t.test(`what ${what} needs`, async (t) => {
    const service = aService(fields);
    const needed = capabilitiesFor(aConfig([aService(high), service]));
    t.same(
      [...needed],
      names.map((name) => [name, service.id]),
    );
  });

t.test('so have peers', async (t) => {
  const config = aConfig([]);
  const at = (port: number) => {
    const listen = { address: '10.1.1.2', port };
    const peer = { listen, peers: [], secretFile: '/secret' };
    const options = { ...config.options, peer };
    return [...capabilitiesFor({ ...config, options })];
  };
  t.same(at(694), [['CAP_NET_BIND_SERVICE', '[peer] listen']]);
  t.same(at(7400), []);
});

t.test('the page has a port too', async (t) => {
  const { options, ...config } = aConfig([]);
  const page = (port: number) => {
    const listen = { address: '127.0.0.1', port };
    const web = { listen, tls: undefined, users: [] };
    return [...capabilitiesFor({ ...config, options: { ...options, web } })];
  };
  t.same(page(443), [['CAP_NET_BIND_SERVICE', 'the page']]);
  t.same(page(9080), []);
});

t.test('masks of the kernel are read', async (t) => {
  t.same(capabilitiesIn('0000000000000400'), ['CAP_NET_BIND_SERVICE']);
  t.same(capabilitiesIn('000001ffffffffff'), CAPABILITY_NAMES);
  t.same(capabilitiesIn('0000000000000000'), []);
  t.same(capabilitiesIn(''), []);
});
