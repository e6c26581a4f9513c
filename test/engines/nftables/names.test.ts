import t from 'tap';
import {
  ownerOf,
  serverName,
  serviceName,
  tableName,
} from '../../../lib/engines/nftables/names.ts';
import { aService } from '../../support/config.ts';

t.test('an instance has a table of its own, whatever its name', (t) => {
  t.equal(tableName('ldirectord'), 'l4director_ldirectord');
  t.equal(tableName('a.cf'), 'l4director_a.cf');
  t.equal(tableName('a b'), 'l4director_a_20_b');
  t.not(tableName('a b'), tableName('a_b'));
  t.end();
});

t.test('what is made for a service is known by its name', (t) => {
  const services = [
    [aService(), 'tcp/10.1.1.19/80'],
    [aService({ protocol: 'udp', port: 0 }), 'udp/10.1.1.19/0'],
    [aService({ address: '2001:db8::1', port: 53 }), 'tcp/2001-db8--1/53'],
    [
      aService({ protocol: 'fwm', address: undefined, port: undefined, fwmark: 5 }),
      'fwm/5',
    ],
    [
      aService({
        protocol: 'fwm',
        family: 'inet6',
        address: undefined,
        port: undefined,
        fwmark: 5,
      }),
      'fwm6/5',
    ],
  ] as const;
  for (const [service, name] of services) {
    t.equal(serviceName(service), name);
    const server = serverName(name, { address: '10.1.1.21', port: 8080 });
    t.equal(server, `${name}/10.1.1.21/8080`);
    t.strictSame([name, server, `${server}/in`].map(ownerOf), [name, name, name]);
  }
  for (const name of ['services', 'bytes', 'services/ip', 'marks/ip6/snat', ''])
    t.equal(ownerOf(name), undefined, name);
  t.end();
});
