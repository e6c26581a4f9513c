import t from 'tap';
import { resourceOf } from '../../../lib/heartbeat/config/haresources.ts';
import { readAddress } from '../../../lib/heartbeat/resources/address/address-words.ts';

const NOTHING = {
  bits: undefined,
  device: undefined,
  label: undefined,
  broadcast: undefined,
};

for (const [word, expected] of [
  ['10.1.1.19', { family: 'inet', address: '10.1.1.19' }],
  ['10.1.1.19/24', { family: 'inet', address: '10.1.1.19', bits: 24 }],
  [
    'IPaddr::10.1.1.19/255.255.255.0/eth0/10.1.1.255',
    {
      family: 'inet',
      address: '10.1.1.19',
      bits: 24,
      device: 'eth0',
      broadcast: '10.1.1.255',
    },
  ],
  [
    'IPaddr2::10.1.1.19/24/10.1.1.255',
    { family: 'inet', address: '10.1.1.19', bits: 24, broadcast: '10.1.1.255' },
  ],
  [
    'IPaddr2::10.1.1.19//bond0.7:web',
    {
      family: 'inet',
      address: '10.1.1.19',
      device: 'bond0.7',
      label: 'bond0.7:web',
    },
  ],
  [
    'IPv6addr::2001:DB8:0::19/64/eth0',
    { family: 'inet6', address: '2001:db8::19', bits: 64, device: 'eth0' },
  ],
  ['IPaddr2::2001:db8::19', { family: 'inet6', address: '2001:db8::19' }],
] as const)
  t.test(word, async (t) => {
    t.same(readAddress(resourceOf(word)), { ...NOTHING, ...expected });
  });

for (const [word, message] of [
  ['IPaddr', '"" is no address'],
  ['10.1.1.999/24', '"10.1.1.999" is no address'],
  ['IPv6addr::10.1.1.19', 'IPaddr is for it'],
  ['10.1.1.19/33', '"33" is no prefix length, 0 to 32'],
  ['10.1.1.19/255.0.255.0', '"255.0.255.0" is no prefix length'],
  ['IPv6addr::2001:db8::19/129', 'no prefix length, 0 to 128'],
  ['10.1.1.19/24/eth0/eth1', 'expected ADDRESS/BITS/DEVICE/BROADCAST'],
  ['10.1.1.19/24/averylongname:toolong', 'of 15 characters at most'],
  ['10.1.1.19/24/-eth0', 'is no device'],
  ['IPv6addr::fe80::1%eth0', 'is no address'],
] as const)
  t.test(`refused: ${word}`, async (t) => {
    t.throws(() => readAddress(resourceOf(word)), { message: new RegExp(message) });
  });
