import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { formatIpvsadm } from '../../lib/cli/show-ipvsadm.ts';
import type { ServiceStatus } from '../../lib/model/status.ts';
import { lab } from '../support/lab.ts';
import { realStatus, serviceStatus, statusDocument } from '../support/status.ts';

const one = statusDocument();

t.test('three lines of header, then services with their real servers', async (t) => {
  t.equal(
    formatIpvsadm(one),
    [
      'IP Virtual Server version 1.2.1 (size=4096)',
      'Prot LocalAddress:Port Scheduler Flags',
      '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn',
      'TCP  10.1.1.19:80 rr',
      '  -> 10.1.1.21:80                 Masq    1      3          1         ',
      '  -> 10.1.1.22:80                 Masq    1      3          1         ',
      '',
    ].join('\n'),
  );
});

interface LineCase {
  readonly fields: Partial<ServiceStatus>;
  readonly line: string;
}

const serviceLines: readonly LineCase[] = [
  {
    fields: { persistent: 0, netmask: '255.255.255.0' },
    line: 'TCP  10.1.1.19:80 rr',
  },
  {
    fields: { persistent: 300, netmask: null },
    line: 'TCP  10.1.1.19:80 rr persistent 300',
  },
  {
    fields: { persistent: 300, netmask: '255.255.255.255' },
    line: 'TCP  10.1.1.19:80 rr persistent 300',
  },
  {
    fields: { persistent: 300, netmask: '255.255.255.0' },
    line: 'TCP  10.1.1.19:80 rr persistent 300 mask 255.255.255.0',
  },
  {
    fields: { address: '2001:db8::1', persistent: 60, netmask: '64', scheduler: 'wlc' },
    line: 'TCP  [2001:db8::1]:80 wlc persistent 60 mask 64',
  },
  {
    fields: { protocol: 'udp', port: 53, scheduler: 'sh' },
    line: 'UDP  10.1.1.19:53 sh',
  },
  {
    fields: { protocol: 'fwm', address: null, port: null, fwmark: 5, scheduler: 'wrr' },
    line: 'FWM  5 wrr',
  },
  {
    fields: {
      ...{ protocol: 'fwm', address: null, port: null, fwmark: 6 },
      reals: [realStatus({ address: '2001:db8::2' })],
    },
    line: 'FWM  6 IPv6 rr',
  },
];

t.test('the line of a service', async (t) => {
  for (const { fields, line } of serviceLines) {
    const document = statusDocument({ services: [serviceStatus(fields)] });
    t.equal(formatIpvsadm(document).split('\n')[3], line);
  }
});

t.test('the forwarding method decides word and port', async (t) => {
  const reals = [
    realStatus({ address: '10.0.0.1', port: 8080, method: 'masq' }),
    realStatus({ address: '10.0.0.2', port: 8080, method: 'gate' }),
    realStatus({ address: '10.0.0.3', port: 8080, method: 'ipip' }),
    realStatus({ address: '10.0.0.4', port: 0, method: 'masq' }),
    realStatus({ address: '2001:db8:1:2:3:4:5:6', port: 8080 }),
  ];
  const document = statusDocument({ services: [serviceStatus({ reals })] });
  t.same(formatIpvsadm(document).trimEnd().split('\n').slice(4), [
    '  -> 10.0.0.1:8080                Masq    1      3          1         ',
    '  -> 10.0.0.2:80                  Route   1      3          1         ',
    '  -> 10.0.0.3:80                  Tunnel  1      3          1         ',
    '  -> 10.0.0.4:0                   Masq    1      3          1         ',
    '  -> [2001:db8:1:2:3:4:5:6]:8080  Masq    1      3          1',
  ]);
});

t.test('what IPVS would not hold is not listed', async (t) => {
  const services = [
    serviceStatus({ state: 'failed', address: '10.9.9.9', problem: 'no engine' }),
    serviceStatus({
      reals: [
        realStatus({ state: 'down', weight: 0, inForce: false }),
        realStatus({ address: '10.1.1.23', state: 'down', weight: 0 }),
      ],
    }),
  ];
  const text = formatIpvsadm(statusDocument({ services }));
  t.notMatch(text, '10.9.9.9');
  t.notMatch(text, '10.1.1.21');
  t.match(text, /10\.1\.1\.23:80 +Masq +0 /);
});

t.test(
  'the order is that of ipvsadm: as numbers, IPv6 behind, marks last',
  async (t) => {
    const at = (address: string, port = 80) =>
      serviceStatus({ address, port, reals: [] });
    const mark = { protocol: 'fwm', address: null, port: null, reals: [] } as const;
    const services = [
      serviceStatus({ ...mark, fwmark: 10 }),
      serviceStatus({ ...mark, fwmark: 9 }),
      at('2001:db8::10'),
      at('2001:db8::9'),
      at('10.0.0.10'),
      at('10.0.0.9', 443),
      at('10.0.0.9', 80),
    ];
    const names = formatIpvsadm(statusDocument({ services }))
      .trimEnd()
      .split('\n')
      .slice(3)
      .map((line) => line.split(/ +/)[1]);
    t.same(names, [
      ...['10.0.0.9:80', '10.0.0.9:443', '10.0.0.10:80'],
      ...['[2001:db8::9]:80', '[2001:db8::10]:80', '9', '10'],
    ]);
  },
);

t.test('a script in awk reads it', async (t) => {
  const script = `/^(TCP|UDP)/ { virtual = $2; scheduler = $3 }
    /^ +->/ && $2 ~ /[0-9]/ { print virtual, scheduler, $2, $3, $4, $5, $6 }`;
  const { stdout } = spawnSync('awk', [script], {
    input: formatIpvsadm(one),
    encoding: 'utf8',
  });
  t.same(stdout.trimEnd().split('\n'), [
    '10.1.1.19:80 rr 10.1.1.21:80 Masq 1 3 1',
    '10.1.1.19:80 rr 10.1.1.22:80 Masq 1 3 1',
  ]);
});

t.test("the shapes are those in Debian's ipvsadm", lab('ipvsadm'), async (t) => {
  const program = readFileSync('/usr/sbin/ipvsadm', 'latin1');
  const masked = statusDocument({
    services: [serviceStatus({ persistent: 300, netmask: '255.255.255.0' })],
  });
  const [version = '', titles = '', columns = '', service = '', real = ''] =
    formatIpvsadm(masked).split('\n');
  const has = (text: string) =>
    t.ok(program.includes(`\0${text}`), JSON.stringify(text));
  has('IP Virtual Server version %d.%d.%d (size=%d)\n');
  t.match(version, /^IP Virtual Server version \d\.\d\.\d \(size=\d+\)$/);
  has(`${titles}\n${columns}\0`);
  has('%-4s %s\0');
  has(' persistent %u\0');
  has(' mask %s\0');
  t.equal(
    service,
    `${printf('%-4s %s', 'TCP', '10.1.1.19:80')} rr${printf(' persistent %u', 300)}${printf(' mask %s', '255.255.255.0')}`,
  );
  const row = '  -> %-28s %-7s %-6d %-10u %-10u';
  has(`${row}\n\0`);
  t.equal(real, printf(row, '10.1.1.21:80', 'Masq', 1, 3, 1));
  for (const word of ['Masq', 'Route', 'Tunnel']) has(`${word}\0`);
});

/** As much of printf(3) as those formats need. */
function printf(format: string, ...values: readonly (string | number)[]): string {
  const rest = [...values];
  return format.replace(/%-?(\d*)[sdu]/g, (_, width) =>
    String(rest.shift()).padEnd(Number(width)),
  );
}
