import t from 'tap';
import {
  addressOf,
  broadcastOf,
  type Devices,
  deviceOf,
} from '../../../lib/heartbeat/media/devices.ts';

const of = (address: string, netmask: string, family: 'IPv4' | 'IPv6' = 'IPv4') =>
  ({ address, netmask, family, mac: '', internal: false, cidr: null }) as never;
const DEVICES: Devices = {
  eth0: [
    of('10.1.1.19', '255.255.255.255'),
    of('10.1.1.20', '255.255.255.0'),
    of('fe80::1', 'ffff:ffff::', 'IPv6'),
  ],
  eth1: [of('192.168.200.5', '255.255.252.0')],
  alone: [of('10.9.9.9', '255.255.255.255')],
  wide: [of('10.0.0.1', '0.0.0.0')],
};

t.test('the broadcast address is made of address and netmask', (t) => {
  t.equal(broadcastOf(DEVICES, 'eth0'), '10.1.1.255', 'an address of its own has none');
  t.equal(broadcastOf(DEVICES, 'eth1'), '192.168.203.255');
  t.equal(broadcastOf(DEVICES, 'wide'), '255.255.255.255');
  t.equal(broadcastOf(DEVICES, 'alone'), undefined);
  t.equal(broadcastOf(DEVICES, 'eth9'), undefined);
  t.equal(addressOf(DEVICES, 'eth1'), '192.168.200.5');
  t.equal(addressOf(DEVICES, 'eth9'), undefined);
  t.end();
});

t.test('an address is found on the device of its network', (t) => {
  const names = ['eth0', 'eth1', 'alone'];
  t.equal(deviceOf(DEVICES, names, '10.1.1.77'), 'eth0');
  t.equal(deviceOf(DEVICES, names, '192.168.201.1'), 'eth1');
  t.equal(deviceOf(DEVICES, names, '10.9.9.9'), undefined);
  t.end();
});
