import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { readConfig } from '../../lib/config/index.ts';
import { configReport } from '../../lib/config/report.ts';

const CONFIG = `quiescent=no
virtual=10.1.1.19:80
    real=10.0.0.2:80 masq
    fallback=127.0.0.1:80 masq
    checktype=connect
virtual6=[2001:db8::1]:443
    real6=[2001:db8::2]:443 gate
    checktype=connect
`;

/** What is read of the config with that ini beside it. */
async function read(t: Test, ini: string, config = CONFIG) {
  const file = join(t.testdir({ 'a.cf': config }), 'a.cf');
  writeFileSync(`${file}.ini`, ini);
  return readConfig(file);
}

/** `id role method weight line` of each service's reserve. */
async function reserves(t: Test, ini: string) {
  const found = await read(t, ini);
  if (!found.ok) throw new Error(found.errors.map(formatDiagnostic).join('\n'));
  t.same(found.config.warnings, []);
  return found.config.virtuals.map(({ reals }) =>
    reals
      .filter(({ role }) => role !== undefined)
      .map((real) => {
        const { id, role, method, weight, line } = real;
        return `${id} ${role} ${method} ${weight} ${line}`;
      }),
  );
}

t.test('spares and fallbacks stand behind the real servers', async (t) => {
  const ini = `[checks]
spares = 10.0.0.7:80 masq, [2001:DB8::7]:443 gate 3 ,10.0.0.8:81 masq 2
fallbacks = 10.0.0.9:80 gate
[service tcp:[2001:db8::1]:443]
fallbacks = [2001:db8::9]:443 ipip
`;
  t.strictSame(await reserves(t, ini), [
    [
      '10.0.0.7:80 spare masq 1 2',
      '10.0.0.8:81 spare masq 2 2',
      '10.0.0.9:80 fallback gate 1 3',
    ],
    ['[2001:db8::7]:443 spare gate 3 2', '[2001:db8::9]:443 fallback ipip 1 5'],
  ]);
});

t.test('a service can do without what all have', async (t) => {
  const ini = `[checks]
spares = 10.0.0.7:80 masq
[service tcp:10.1.1.19:80]
spares = no
`;
  t.strictSame(await reserves(t, ini), [[], []]);
});

t.test('the report has their roles', async (t) => {
  const found = await read(t, '[checks]\nspares = 10.0.0.7:80 masq 4\n');
  if (!found.ok) throw new Error('it is refused');
  const [first] = configReport(found.config).virtuals;
  t.match(first?.reals, [
    { address: '10.0.0.2', role: undefined },
    { address: '10.0.0.7', port: 80, method: 'masq', weight: 4, role: 'spare' },
  ]);
});

const SYNTAX = 'no, or servers with commas between';
const refusals: readonly (readonly [what: string, line: string, why: string])[] = [
  ['a port is missing', 'spares = 10.0.0.7 masq', SYNTAX],
  ['a method is missing', 'spares = 10.0.0.7:80', SYNTAX],
  ['a method is none', 'spares = 10.0.0.7:80 nat', SYNTAX],
  ['a name', 'spares = web7:80 masq', SYNTAX],
  ['port 0', 'spares = 10.0.0.7:0 masq', SYNTAX],
  ['a port too large', 'spares = 10.0.0.7:65536 masq', SYNTAX],
  ['weight 0', 'fallbacks = 10.0.0.7:80 masq 0', SYNTAX],
  ['a comma too many', 'fallbacks = 10.0.0.7:80 masq,', SYNTAX],
  ['nothing', 'fallbacks =', SYNTAX],
  ['bare IPv6', 'fallbacks = 2001:db8::7:80 masq', SYNTAX],
  [
    'a real server',
    'spares = 10.0.0.7:80 masq, 10.0.0.2:80 masq',
    '10.0.0.2:80 masq: it is a real server of tcp:10.1.1.19:80 in line 3: expected one that the service does not have yet',
  ],
  [
    "the config's own fallback",
    'fallbacks = 127.0.0.1:80 masq',
    'it is the fallback= of tcp:10.1.1.19:80 already',
  ],
  [
    'the service itself',
    'fallbacks = 10.1.1.19:80 masq',
    '10.1.1.19:80 masq: it is tcp:10.1.1.19:80 itself: expected one that the service does not have yet',
  ],
  [
    'the service itself, whose port is kept',
    'spares = 10.1.1.19:80 gate',
    'it is tcp:10.1.1.19:80 itself',
  ],
  [
    'one twice',
    'spares = 10.0.0.7:80 masq, 10.0.0.7:80 gate',
    'it is a spare of tcp:10.1.1.19:80 already',
  ],
  [
    'another family',
    'spares = [2001:db8::7]:80 masq',
    'of another family: expected an IPv4 address, as in "10.0.0.7:80 masq"',
  ],
  [
    'gate to another port',
    'spares = 10.0.0.7:81 gate',
    'gate keeps the service\'s port 80: expected that port, or masq, as in "10.0.0.7:81 masq"',
  ],
];

for (const [what, line, why] of refusals)
  t.test(`refused: ${what}`, async (t) => {
    const found = await read(t, `[service tcp:10.1.1.19:80]\n${line}\n`);
    const errors = found.ok ? [] : found.errors.map(formatDiagnostic);
    t.equal(errors.length, 1);
    t.match(errors[0], /a\.cf\.ini:2: \w+ = /);
    t.match(errors[0], why);
    t.match(errors[0], ', as in "');
  });

t.test('one of both lists is refused, and more than can be meant', async (t) => {
  const twice = 'spares = 10.0.0.7:80 masq\nfallbacks = 10.0.0.7:80 masq\n';
  const found = await read(t, `[checks]\n${twice}`);
  t.match(found.ok || found.errors.map(formatDiagnostic), [
    /ini:3: fallbacks = 10\.0\.0\.7:80 masq: it is a spare of tcp:10\.1\.1\.19:80 already/,
  ]);
  const many = Array.from({ length: 257 }, (_, at) => `10.0.7.1:${at + 1} masq`);
  const all = await read(t, `[checks]\nspares = ${many.join(', ')}\n`);
  t.match(all.ok || all.errors[0]?.message, /expected at most 256 servers/);
});

t.test('without checks nobody steps in, which is a warning', async (t) => {
  const config = CONFIG.replaceAll('checktype=connect', 'checktype=off');
  const found = await read(t, '[checks]\nfallbacks = 10.0.0.7:80 masq\n', config);
  const warnings = found.ok ? found.config.warnings : [];
  t.match(warnings, [
    {
      line: 2,
      message: /^fallbacks do nothing for tcp:10\.1\.1\.19:80: .*checktype=off/,
    },
  ]);
});

t.test('of a service at every address loopback is itself', async (t) => {
  const config =
    'virtual=0.0.0.0:80\n    real=10.0.0.2:80 masq\n    checktype=connect\n';
  const found = await read(t, '[checks]\nspares = 127.0.0.1:80 masq\n', config);
  t.match(found.ok || found.errors.map(formatDiagnostic), [
    /ini:2: spares = 127\.0\.0\.1:80 masq: it is tcp:0\.0\.0\.0:80 itself: expected/,
  ]);
  const other = await read(t, '[checks]\nspares = 127.0.0.1:81 masq\n', config);
  t.ok(other.ok);
});
