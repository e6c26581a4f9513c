import t from 'tap';
import { heldTable, sameServer, schedule } from '../../../lib/engines/ipvs/held.ts';
import { readListing } from '../../../lib/engines/ipvs/listing.ts';
import { serviceNumbers } from '../../../lib/engines/ipvs/numbers.ts';
import { recovered } from '../../../lib/engines/ipvs/recovered.ts';
import { aFallback, aReal, aService } from '../../support/config.ts';
import { serverAt } from '../../support/engine-rig.ts';

const PLAIN = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.1.1.19:80 wrr persistent 300 mask 255.255.255.0
  -> 10.1.1.21:80                 Masq    5      1          0         
  -> 10.1.1.22:8080               Masq    0      0          12        
UDP  10.1.1.19:53 rr ops
  -> 10.1.1.23:53                 Route   1      0          0         
TCP  [2001:db8::1]:443 sh (sh-fallback,sh-port) persistent 60 mask 64
  -> [2001:db8::2]:443            Tunnel  3      0          0         
FWM  5 wlc
  -> 10.1.1.24:0                  Local   1      0          0         
FWM  5 IPv6 rr
`;
const THRESHOLDS = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn 
  -> RemoteAddress:Port
TCP  10.1.1.19:80 wrr persistent 300 mask 255.255.255.0
  -> 10.1.1.21:80                 100        80         1          0         
  -> 10.1.1.22:8080               0          0          0          12        
`;
const STATS = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  10.1.1.19:80                       31      200      180     9000 123456789012
  -> 10.1.1.21:80                       30      150      140     8000 123456789000
FWM  5 IPv6                              2        0        0        0        0
`;
const CONNECTIONS = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port            Weight    PersistConn ActiveConn InActConn 
  -> RemoteAddress:Port
TCP  10.1.1.19:80 wrr persistent 300 mask 255.255.255.0
  -> 10.1.1.21:80                 5         7           3          4         
  -> 10.1.1.22:8080               0         2           0          0         
`;

t.test('the table is read from its two lists', async (t) => {
  const held = heldTable(PLAIN, THRESHOLDS);
  t.same(
    [...held].map(([key, { schedule }]) => `${key} = ${schedule}`),
    [
      'TCP 10.1.1.19:80 = wrr persistent 300 mask 255.255.255.0',
      'UDP 10.1.1.19:53 = rr',
      'TCP [2001:db8::1]:443 = sh persistent 60 mask 64',
      'FWM 5 = wlc',
      'FWM 5 IPv6 = rr',
    ],
  );
  t.same(
    [...(held.get('TCP 10.1.1.19:80')?.reals ?? [])],
    [
      ['10.1.1.21:80', { method: 'masq', weight: 5, upper: 100, lower: 80 }],
      ['10.1.1.22:8080', { method: 'masq', weight: 0, upper: 0, lower: 0 }],
    ],
  );
  const six = held.get('TCP [2001:db8::1]:443')?.reals.get('[2001:db8::2]:443');
  t.match(six, { method: 'ipip', weight: 3 });
  t.equal(held.get('FWM 5 IPv6')?.reals.size, 0);
});

t.test('an empty table, and one that is cut off, hold what they show', async (t) => {
  t.equal(heldTable(PLAIN.split('\n').slice(0, 3).join('\n'), '').size, 0);
  t.equal(heldTable('', '').size, 0);
  t.equal(readListing(PLAIN.slice(0, -4)).size, 5);
});

t.test('how a service schedules reads like its line in the list', async (t) => {
  const of = (fields: Parameters<typeof aService>[0]) => schedule(aService(fields));
  t.equal(of({ scheduler: 'rr' }), 'rr');
  t.equal(of({ persistent: 60 }), 'wrr persistent 60');
  t.equal(of({ persistent: 60, netmask: '255.255.255.255' }), 'wrr persistent 60');
  t.equal(
    of({ persistent: 60, netmask: '255.255.0.0' }),
    'wrr persistent 60 mask 255.255.0.0',
  );
  const six = { address: '2001:db8::1', persistent: 60 };
  t.equal(of({ ...six, netmask: '128' }), 'wrr persistent 60');
  t.equal(of({ ...six, netmask: '64' }), 'wrr persistent 60 mask 64');
  t.equal(of({ netmask: '255.255.0.0' }), 'wrr', 'a mask is for persistence');
});

t.test('a server is the same in weight, method and thresholds', async (t) => {
  const held = { method: 'masq', weight: 2, upper: 9, lower: 5 } as const;
  const wanted = serverAt('10.1.1.21', 80, { weight: 2, upper: 9, lower: 5 });
  t.ok(sameServer(held, wanted));
  t.ok(sameServer({ ...held, method: undefined }, wanted), 'shown as local');
  for (const other of [{ weight: 1 }, { upper: 8 }, { lower: 4 }])
    t.notOk(sameServer({ ...held, ...other }, wanted), JSON.stringify(other));
  t.notOk(sameServer({ ...held, method: 'gate' }, wanted));
  t.ok(
    sameServer({ ...held, weight: 0 }, { ...wanted, weight: 0, upper: 3 }),
    'no thresholds count where nothing comes',
  );
});

t.test('numbers are those of the lists, in the order of the table', async (t) => {
  const service = aService();
  const absent = aService({ port: 81 });
  const mark = aService({
    address: undefined,
    port: undefined,
    protocol: 'fwm',
    fwmark: 5,
    family: 'inet6',
  });
  const servers = [serverAt('10.1.1.22', 8080), serverAt('10.1.1.21', 80)];
  const entries = [
    { service, servers },
    { service: absent, servers: [] },
    { service: mark, servers: [] },
  ];
  const none = { activeConnections: 0, inactiveConnections: 0, totalConnections: 0 };
  t.same(serviceNumbers(entries, STATS, CONNECTIONS), [
    {
      id: 'tcp:10.1.1.19:80',
      servers: [
        { id: '10.1.1.22:8080', ...none, bytesIn: 0, bytesOut: 0, connectFailures: 0 },
        {
          id: '10.1.1.21:80',
          activeConnections: 3,
          inactiveConnections: 4,
          totalConnections: 30,
          bytesIn: 8000,
          bytesOut: 123_456_789_000,
          connectFailures: 0,
        },
      ],
      acceptedConnections: 31,
      refusedConnections: 0,
      retries: 0,
      proxyHeaderErrors: 0,
      persistenceEntries: 9,
    },
    {
      id: 'fwm:5',
      servers: [],
      acceptedConnections: 2,
      refusedConnections: 0,
      retries: 0,
      proxyHeaderErrors: 0,
      persistenceEntries: 0,
    },
  ]);
});

t.test(
  'of servers that are one destination the one in force has its numbers',
  async (t) => {
    const servers = [
      serverAt('10.1.1.21', 80, { id: 'quiesced', weight: 0 }),
      serverAt('10.1.1.21', 80, { id: 'in force' }),
    ];
    const [stats] = serviceNumbers(
      [{ service: aService(), servers }],
      STATS,
      CONNECTIONS,
    );
    t.same(
      stats?.servers.map(({ id, totalConnections }) => `${id} ${totalConnections}`),
      ['quiesced 0', 'in force 30'],
    );
  },
);

t.test('what is no number is 0', async (t) => {
  const odd = ['Infinity', '1e400', '-7', '0x10', '12K', '1.5', '9'.repeat(21)];
  for (const word of odd) {
    const stats = STATS.replace(' 31 ', ` ${word} `).replace(' 8000 ', ` ${word} `);
    const now = CONNECTIONS.replace(' 7  ', ` ${word} `).replace(' 3  ', ` ${word} `);
    const entry = { service: aService(), servers: [serverAt('10.1.1.21', 80)] };
    t.match(
      serviceNumbers([entry], stats, now),
      [
        {
          acceptedConnections: 0,
          persistenceEntries: 2,
          servers: [{ totalConnections: 30, bytesIn: 0, activeConnections: 0 }],
        },
      ],
      word,
    );
  }
});

t.test('what an earlier run left is told by the ids of the config', async (t) => {
  const held = heldTable(PLAIN, THRESHOLDS);
  const service = aService({
    reals: [aReal('10.1.1.21:80'), aReal('10.1.1.29:80')],
    fallback: aFallback('10.1.1.22:8080'),
  });
  // With gate the kernel knows the service's port, whatever the config says.
  const dns = aService({
    protocol: 'udp',
    port: 53,
    reals: [aReal('10.1.1.23:5353', { method: 'gate' })],
  });
  const less = aService({
    reals: [aReal('10.1.1.22:8080')],
    fallback: aFallback('10.1.1.22:8080'),
  });
  t.same(
    recovered([less], held),
    [
      {
        id: less.id,
        servers: [
          { id: '10.1.1.22:8080', weight: 0 },
          { id: '10.1.1.21:80', weight: 5 },
        ],
      },
    ],
    'a fallback that is a real server too is that; one that the config does not know is told',
  );
  t.same(recovered([service, dns, aService({ port: 81 })], held), [
    {
      id: 'tcp:10.1.1.19:80',
      servers: [
        { id: '10.1.1.21:80', weight: 5 },
        { id: 'fallback:10.1.1.22:8080', weight: 0 },
      ],
    },
    { id: 'udp:10.1.1.19:53', servers: [{ id: '10.1.1.23:5353', weight: 1 }] },
  ]);
});
