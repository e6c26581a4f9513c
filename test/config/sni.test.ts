import { join } from 'node:path';
import t, { type Test } from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { readConfig } from '../../lib/config/index.ts';

const CONFIG = `quiescent=no
virtual=10.1.1.19:443
    real=10.0.0.2:443 masq
    checktype=ping
virtual=10.1.1.19:8443
    real=10.0.0.3:443 masq
    checktype=ping
virtual6=[2001:db8::1]:9443
    real6=[2001:db8::2]:443 masq
    checktype=ping
virtual=10.1.1.19:7443
    real=10.1.1.19:443 masq
    checktype=ping
virtual=10.1.1.19:53
    real=10.0.0.3:53 masq
    checktype=ping
    protocol=udp
`;

/** Of `a.cf` with that ini: what it says for names, or what is wrong with it. */
async function read(t: Test, ini: string) {
  const folder = t.testdir({ 'a.cf': CONFIG, 'a.cf.ini': ini });
  const result = await readConfig(join(folder, 'a.cf'));
  const found = result.ok ? result.config.warnings : result.errors;
  const words = found.map((one) => formatDiagnostic(one).replace(`${folder}/`, ''));
  return { virtuals: result.ok ? result.config.virtuals : [], words, ok: result.ok };
}

const section = (...lines: readonly string[]) =>
  ['[service tcp:10.1.1.19:443]', ...lines, ''].join('\n');

t.test('names lead to other services of the config', async (t) => {
  const ini = section(
    'sni = www.Example.com example.com. 10.1.1.19:8443, *.example.org tcp:[2001:db8::1]:9443,xn--mnchen-3ya.de 10.1.1.19:8443',
    'sni-default = refuse',
    'sni-timeout = 2s',
  );
  const { virtuals, words } = await read(t, ini);
  t.strictSame(words, []);
  const [front, other] = virtuals;
  t.match(front?.options, { sniDefault: 'refuse', sniTimeoutMs: 2000 });
  t.strictSame(front?.options.sni, [
    { name: 'www.example.com', service: 'tcp:10.1.1.19:8443' },
    { name: 'example.com', service: 'tcp:10.1.1.19:8443' },
    { name: '*.example.org', service: 'tcp:[2001:db8::1]:9443' },
    { name: 'xn--mnchen-3ya.de', service: 'tcp:10.1.1.19:8443' },
  ]);
  t.match(other?.options, { sni: [], sniDefault: 'serve', sniTimeoutMs: 5000 });
  const none = await read(t, section('sni = no'));
  t.strictSame([none.words, none.virtuals[0]?.options.sni], [[], []]);
});

const OTHER = '\n[service tcp:10.1.1.19:8443]\n';

/** What stands there, and what is said of it. */
const REFUSED: readonly (readonly [ini: string, words: RegExp])[] = [
  [section('sni = www.example.com'), /:2: sni = .*: expected no, or names and behind/],
  [section('sni = 10.1.1.19:8443'), /:2: .*expected no, or names and behind them/],
  [section('sni = a.example 10.1.1.19:8443,'), /:2: .*expected no, or names/],
  [section('sni ='), /:2: .*expected no, or names/],
  [
    section('sni = a..b 10.1.1.19:8443'),
    /:2: .*expected a name, .* and not a\.\.b, as/,
  ],
  [section('sni = * 10.1.1.19:8443'), /:2: .*expected a name, .* and not \*, as/],
  [section('sni = a.*.b 10.1.1.19:8443'), /:2: .* and not a\.\*\.b, as/],
  [
    section('sni = *.münchen.de 10.1.1.19:8443'),
    /:2: .*expected \*\.münchen\.de as clients send it, as in "\*\.xn--mnchen-3ya\.de"$/,
  ],
  [
    section('sni = a.example 10.1.1.19:8443, A.example 10.1.1.19:8443'),
    /:2: .*expected each name once, and a\.example is there twice/,
  ],
  [section('sni-default = maybe'), /:2: .*expected serve or refuse, as in "refuse"/],
  [section('sni-timeout = 0'), /:2: .*expected a time above 0/],
  [
    '[net]\nsni = a.example 10.1.1.19:443\n',
    /:2: sni is in the wrong section: expected it in \[service ID\]/,
  ],
  ['[checks]\nsni-default = serve\n', /:2: sni-default is in the wrong section/],
  [
    '[service udp:10.1.1.19:53]\nsni = a.example 10.1.1.19:443\n',
    /:2: sni cannot be had for udp:10\.1\.1\.19:53: expected it for a TCP service/,
  ],
  ['[service fwm:5]\nsni-timeout = 3s\n', /:2: sni-timeout cannot be had for fwm:5/],
  [
    section('sni = a.example 10.1.1.19:8444'),
    /:2: sni: there is no service tcp:10\.1\.1\.19:8444; did you mean "tcp:10\.1\.1\.19:8443"\?$/,
  ],
  [
    section('', 'sni = a.example 192.0.2.1:1'),
    /:3: sni: there is no service tcp:192\.0\.2\.1:1: expected one of the config over TCP/,
  ],
  [
    section('sni = a.example 10.1.1.19:53'),
    /:2: sni: there is no service tcp:10\.1\.1\.19:53/,
  ],
  [
    section('sni = a.example 10.1.1.19:443'),
    /:2: sni: tcp:10\.1\.1\.19:443 is the service itself: expected another one/,
  ],
  [
    `${section('sni = a.example 10.1.1.19:8443')}${OTHER}sni = b.example [2001:db8::1]:9443\n`,
    /:2: sni: tcp:10\.1\.1\.19:8443 has names of its own: expected a service without/,
  ],
  [
    `${section('sni = a.example 10.1.1.19:8443')}${OTHER}engine = ipvs\n`,
    /:2: sni: tcp:10\.1\.1\.19:8443 has engine = ipvs: expected net for both/,
  ],
  [
    `${section('sni = a.example 10.1.1.19:8443')}${OTHER}engine = auto\n`,
    /:2: sni: tcp:10\.1\.1\.19:8443 has engine = auto: expected net for both/,
  ],
  [
    section('sni = a.example 10.1.1.19:7443'),
    /^a\.cf:12: clients of tcp:10\.1\.1\.19:443 would come back to it without end: its names lead to tcp:10\.1\.1\.19:7443, whose real server 10\.1\.1\.19:443 is tcp:10\.1\.1\.19:443: expected a server/,
  ],
  [
    section('sni = a.example 10.1.1.19:8443', 'engine = nftables'),
    /:2: sni: tcp:10\.1\.1\.19:443 has engine = nftables: expected net for both/,
  ],
];

t.test('what leads nowhere is refused, with its line', async (t) => {
  for (const [ini, words] of REFUSED) {
    const { ok, words: said } = await read(t, ini);
    t.notOk(ok, ini);
    t.match(said[0], words, ini);
  }
  const two = `${section('sni = a.example 10.1.1.19:8443, b.example 192.0.2.1:1')}${OTHER}sni = b.example 10.1.1.19:443\n`;
  t.strictSame(
    (await read(t, two)).words.map((line) => line.slice(0, 30)),
    [
      'a.cf.ini:2: sni: tcp:10.1.1.19',
      'a.cf.ini:2: sni: there is no s',
      'a.cf.ini:5: sni: tcp:10.1.1.19',
    ],
    'all of it, and a cycle at both ends',
  );
  const many = Array.from({ length: 2049 }, (_, at) => `a${at}.example`).join(' ');
  const { words } = await read(t, section(`sni = ${many} 10.1.1.19:8443`));
  t.match(words, [/at most 2048 names/]);
});

t.test('a service that leads others on may leave its engine to auto', async (t) => {
  const ini = section('sni = a.example 10.1.1.19:8443', 'engine = auto');
  t.strictSame((await read(t, ini)).words, []);
});
