import t from 'tap';
import { callsTo, scheduleText } from '../../../lib/engines/ipvs/calls.ts';
import { type HeldTable, heldTable } from '../../../lib/engines/ipvs/held.ts';
import { refusal } from '../../../lib/engines/ipvs/refusal.ts';
import type { ServerEntry, ServiceTable } from '../../../lib/model/engine.ts';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import { aService } from '../../support/config.ts';
import { serverAt, tableOf } from '../../support/engine-rig.ts';

const EMPTY: HeldTable = new Map();
const HEADER = '\n\n\n';

/** As command lines. @param told  services that were told of their schedule already */
function lines(
  table: ServiceTable,
  held: HeldTable = EMPTY,
  told: readonly VirtualService[] = table.map(({ service }) => service),
  gone: readonly VirtualService[] = [],
): readonly string[] {
  const sent = new Map(told.map((service) => [service.id, scheduleText(service)]));
  return callsTo(table, gone, held, sent).map(({ words }) => words.join(' '));
}

const MARK = {
  address: undefined,
  port: undefined,
  protocol: 'fwm',
  fwmark: 5,
} as const;

/** A new service with one server, and the calls that ldirectord makes for them. */
const NEW: readonly (readonly [
  Partial<VirtualService>,
  ServerEntry,
  readonly string[],
])[] = [
  [
    {},
    serverAt('10.1.1.21', 80, { weight: 5, lower: 3, upper: 9 }),
    [
      '-A -t 10.1.1.19:80 -s wrr',
      '-a -t 10.1.1.19:80 -x 9 -y 3 -r 10.1.1.21:80 -m -w 5',
    ],
  ],
  [
    {
      scheduler: 'sh',
      persistent: 300,
      netmask: '255.255.255.0',
      schedflags: 'sh-port',
    },
    serverAt('10.1.1.21', 80, { method: 'gate' }),
    [
      '-A -t 10.1.1.19:80 -s sh -p 300 -M 255.255.255.0 -b sh-port',
      '-a -t 10.1.1.19:80 -x 0 -y 0 -r 10.1.1.21:80 -g -w 1',
    ],
  ],
  [
    { protocol: 'udp', port: 53, ops: true, netmask: '255.255.255.0' },
    serverAt('10.1.1.21', 53, { method: 'ipip' }),
    [
      '-A -u 10.1.1.19:53 -o -s wrr',
      '-a -u 10.1.1.19:53 -x 0 -y 0 -r 10.1.1.21:53 -i -w 1',
    ],
  ],
  [
    { address: '2001:db8::1', ops: true },
    serverAt('2001:db8::2', 80, { weight: 0, upper: 5 }),
    [
      '-A -t [2001:db8::1]:80 -s wrr',
      '-a -t [2001:db8::1]:80 -r [2001:db8::2]:80 -m -w 0',
    ],
  ],
  [
    MARK,
    serverAt('10.1.1.21', 0),
    ['-A -f 5 -s wrr', '-a -f 5 -x 0 -y 0 -r 10.1.1.21:0 -m -w 1'],
  ],
  [
    { ...MARK, family: 'inet6' },
    serverAt('2001:db8::2', 0, { method: 'gate' }),
    ['-A -f 5 -6 -s wrr', '-a -f 5 -6 -x 0 -y 0 -r [2001:db8::2]:0 -g -w 1'],
  ],
];

t.test('a new service is made as ldirectord makes it', async (t) => {
  for (const [fields, server, calls] of NEW)
    t.same(lines(tableOf(aService(fields), server)), calls);
});

const HELD = heldTable(
  `${HEADER}TCP  10.1.1.19:80 wrr
  -> 10.1.1.21:80 Masq 5 0 0
  -> 10.1.1.22:80 Masq 0 0 0
TCP  10.9.9.9:80 rr
  -> 10.9.9.10:80 Route 1 0 0
`,
  `${HEADER}TCP  10.1.1.19:80 wrr
  -> 10.1.1.21:80 9 3 0 0
  -> 10.1.1.22:80 0 0 0 0
`,
);
const FIRST = serverAt('10.1.1.21', 80, { weight: 5, upper: 9, lower: 3 });
const SECOND = serverAt('10.1.1.22', 80, { weight: 0 });
const FALLBACK = serverAt('127.0.0.1', 80, { fallback: true });

/** From the table that is held: name, servers wanted, calls. */
const CHANGES: readonly (readonly [
  string,
  readonly ServerEntry[],
  readonly string[],
])[] = [
  ['nothing where all is as it should be', [FIRST, SECOND], []],
  [
    'a server out of service, as quiescent=yes has it',
    [{ ...FIRST, weight: 0 }, SECOND],
    ['-e -t 10.1.1.19:80 -r 10.1.1.21:80 -m -w 0'],
  ],
  [
    'and back',
    [FIRST, { ...SECOND, weight: 2 }],
    ['-e -t 10.1.1.19:80 -x 0 -y 0 -r 10.1.1.22:80 -m -w 2'],
  ],
  [
    'a server removed, as quiescent=no has it',
    [SECOND],
    ['-d -t 10.1.1.19:80 -r 10.1.1.21:80'],
  ],
  [
    'the fallback takes over before the last server goes',
    [FALLBACK],
    [
      '-a -t 10.1.1.19:80 -x 0 -y 0 -r 127.0.0.1:80 -m -w 1',
      '-d -t 10.1.1.19:80 -r 10.1.1.21:80',
      '-d -t 10.1.1.19:80 -r 10.1.1.22:80',
    ],
  ],
  [
    'method and thresholds are edited',
    [{ ...FIRST, method: 'gate', upper: 10 }, SECOND],
    ['-e -t 10.1.1.19:80 -x 10 -y 3 -r 10.1.1.21:80 -g -w 5'],
  ],
  [
    'of two servers that are one destination the heavier counts',
    [
      { ...FIRST, id: 'a', weight: 0 },
      { ...FIRST, id: 'b' },
      { ...FIRST, id: 'c', weight: 1 },
      SECOND,
    ],
    [],
  ],
];

t.test('a change is one call', async (t) => {
  for (const [name, servers, calls] of CHANGES)
    t.same(lines(tableOf(aService(), ...servers), HELD), calls, name);
});

t.test(
  'a service is edited when it differs, or may where the list is silent',
  async (t) => {
    const edit = (fields: Partial<VirtualService>, told: readonly VirtualService[]) =>
      lines(tableOf(aService(fields), FIRST, SECOND), HELD, told);
    t.same(edit({ scheduler: 'rr' }, [aService({ scheduler: 'rr' })]), [
      '-E -t 10.1.1.19:80 -s rr',
    ]);
    t.same(edit({ persistent: 60 }, []), ['-E -t 10.1.1.19:80 -s wrr -p 60']);
    t.same(edit({ schedflags: 'flag-1' }, [aService()]), [
      '-E -t 10.1.1.19:80 -s wrr -b flag-1',
    ]);
    t.same(edit({}, []), ['-E -t 10.1.1.19:80 -s wrr'], 'left by an earlier run');
  },
);

t.test('a service of ours goes with its servers, others stay', async (t) => {
  const gone = [aService(), aService({ port: 81 })];
  t.same(lines([], HELD, [], gone), ['-D -t 10.1.1.19:80']);
  t.same(lines([], HELD), []);
});

t.test('what ipvsadm takes from nobody is refused, with the mend', async (t) => {
  t.equal(refusal(aService()), undefined);
  t.equal(refusal(aService({ protocol: 'udp', scheduler: 'of-our-own' })), undefined);
  t.equal(refusal(aService({ port: 0, persistent: 300 })), undefined);
  t.match(refusal(aService({ port: 0 })), 'persistent=300');
  t.match(refusal(aService({ persistent: 0 })), 'persistent=300');
  t.match(refusal(aService({ ...MARK, fwmark: 0 })), 'take 1 or more');
});
