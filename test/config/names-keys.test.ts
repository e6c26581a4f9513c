import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { readConfig } from '../../lib/config/index.ts';
import { configReport } from '../../lib/config/report.ts';

const CONFIG = `quiescent=no
virtual=10.1.1.19:80
    protocol=tcp
virtual=10.1.1.20:80
    real=10.0.0.2:80 masq
`;
const OF_IT = '[service tcp:10.1.1.19:80]\n';

async function readWith(t: Test, ini: string) {
  const file = join(t.testdir({ 'a.cf': CONFIG }), 'a.cf');
  writeFileSync(`${file}.ini`, ini);
  return readConfig(file);
}

t.test('names and SRV records are read', async (t) => {
  const read = await readWith(
    t,
    `${OF_IT}reals-from = WWW.Example.com.:8080 masq 5, _http._tcp.example.com gate, web:80 ipip\n`,
  );
  if (!read.ok) throw new Error(read.errors.map(formatDiagnostic).join());
  t.same(read.config.warnings, [], 'nor is it without a real server');
  t.same(read.config.virtuals[0]?.options.realsFrom, [
    { name: 'www.example.com', method: 'masq', port: 8080, weight: 5 },
    {
      name: '_http._tcp.example.com',
      method: 'gate',
      port: undefined,
      weight: undefined,
    },
    { name: 'web', method: 'ipip', port: 80, weight: 1 },
  ]);
  t.same(read.config.virtuals[1]?.options.realsFrom, []);
  const report = configReport(read.config).virtuals[0];
  t.match(report?.['reals-from'], [
    { name: 'www.example.com' },
    { name: '_http._tcp.example.com' },
  ]);
});

t.test('so is [dns]', async (t) => {
  const read = await readWith(
    t,
    '[dns]\nservers = 10.0.0.53, [2001:db8::53]:5353, 2001:db8::54, 10.0.0.54:54, [::1]\ntimeout = 2s\nmin-ttl = 5s\nmax-ttl = 1m\nhold = no\nempty = remove\nmax-servers = 7\n',
  );
  if (!read.ok) throw new Error(read.errors.map(formatDiagnostic).join());
  t.same(read.config.options.dns, {
    servers: [
      { address: '10.0.0.53', port: 53 },
      { address: '2001:db8::53', port: 5353 },
      { address: '2001:db8::54', port: 53 },
      { address: '10.0.0.54', port: 54 },
      { address: '::1', port: 53 },
    ],
    ...{ timeoutMs: 2000, minTtlMs: 5000, maxTtlMs: 60_000, holdMs: undefined },
    ...{ empty: 'remove', maxServers: 7 },
  });
});

/** What stands in the section, and what is said of its second line. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['reals-from = www.example.com masq', /expected a port, 1 to 65535, behind the name/],
  ['reals-from = www.example.com:0 masq', /expected a port/],
  ['reals-from = www.example.com:http masq', /expected a port/],
  ['reals-from = www.example.com:80:81 masq', /expected a port/],
  [
    'reals-from = www.example.com:80',
    /expected a name with a port, gate, masq or ipip/,
  ],
  ['reals-from = www.example.com:80 nat', /gate, masq or ipip/],
  ['reals-from = www.example.com:80 masq 70000', /expected a weight, 0 to 65535/],
  ['reals-from = www.example.com:80 masq 1 2', /expected a name with a port/],
  ['reals-from = _http._tcp.example.com:80 masq', /neither port nor weight/],
  ['reals-from = _http._tcp.example.com masq 1', /neither port nor weight/],
  [
    'reals-from = 10.0.0.2:80 masq',
    /a name; an address stands in .*"real = 10\.0\.0\.2/,
  ],
  ['reals-from = 10.0.0.2 masq', /an address stands in a line/],
  ['reals-from = [2001:db8::1]:80 masq', /an address stands in a line/],
  ['reals-from = 2001:db8::1 masq', /an address stands in a line/],
  ['reals-from = 10.0.0:80 masq', /expected a whole name/],
  ['reals-from = www..example.com:80 masq', /expected a whole name/],
  ['reals-from = -www.example.com:80 masq', /expected a whole name/],
  ['reals-from = a b', /gate, masq or ipip/],
  ['reals-from =', /gate, masq or ipip/],
  ['reals-from = a.b:80 masq, a.b:80 gate', /expected a\.b once/],
  [
    'engine = nftables\nreals-from = a.b:80 gate',
    /a\.b is forwarded by gate, which the engine nftables cannot: expected masq, as in "a\.b:80 masq"/,
  ],
];

t.test('nonsense is refused where it stands', async (t) => {
  for (const [line, why] of REFUSED) {
    const read = await readWith(t, `${OF_IT}${line}\n`);
    const errors = read.ok ? [] : read.errors.map(formatDiagnostic);
    t.equal(errors.length, 1, line);
    const at = line.split('\n').length + 1;
    t.match(errors[0], new RegExp(`a\\.cf\\.ini:${at}: `), line);
    t.match(errors[0], why, line);
  }
});

t.test('so is what [dns] cannot have, and a key in the wrong place', async (t) => {
  for (const [text, why] of [
    [
      '[dns]\nservers = ns.example.com',
      /expected system, or addresses of name servers/,
    ],
    ['[dns]\nservers = 10.0.0.53:0', /expected system/],
    ['[dns]\nservers = [10.0.0.53]:53', /expected system/],
    ['[dns]\nservers = ', /expected system/],
    ['[dns]\nempty = drop', /expected keep or remove/],
    ['[dns]\nmax-servers = 0', /expected how many servers, 1 to 1000/],
    ['[dns]\nmin-ttl = 10m', /min-ttl is above max-ttl/],
    [
      '[net]\nreals-from = a.b:80 masq',
      /wrong section: expected it in \[service ID\]$/,
    ],
    [`${OF_IT}hold = 5s`, /wrong section: expected it in \[dns\]$/],
  ] as const) {
    const read = await readWith(t, `${text}\n`);
    const errors = read.ok ? [] : read.errors.map(formatDiagnostic);
    t.match(errors, [why], text);
    t.match(errors[0], /a\.cf\.ini:2: /, text);
  }
});
