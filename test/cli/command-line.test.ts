import t from 'tap';
import { parseCommandLine as parse } from '../../lib/cli/command-line.ts';
import { COMMANDS } from '../../lib/cli/commands.ts';
import { askedBy } from '../../lib/cli/quick.ts';

const parseCommandLine = (argv: readonly string[]) => parse(argv, COMMANDS);

const NONE = {
  config: 'ldirectord.cf',
  configGiven: false,
  instance: 'ldirectord',
  action: undefined,
  operands: [] as readonly string[],
  debug: false,
  foreground: false,
  ini: undefined,
  runtimeDir: undefined,
  json: false,
  ipvsadm: false,
  follow: false,
  help: false,
  version: false,
};
const named = { configGiven: true, instance: 'a.cf' };

/** What is typed, and how it differs from an empty command line. */
const CASES: readonly (readonly [string, Partial<typeof NONE> | object])[] = [
  ['', {}],
  ['start', { action: 'start' }],
  ['a.cf start', { ...named, config: 'a.cf', action: 'start' }],
  ['./x/a.cf stop', { ...named, config: './x/a.cf', action: 'stop' }],
  [
    'a.cf start junk more',
    { ...named, config: 'a.cf', action: 'start', operands: ['junk', 'more'] },
  ],
  ['-d a.cf start', { ...named, config: 'a.cf', action: 'start', debug: true }],
  ['--debug start', { action: 'start', debug: true }],
  ['-dv', { debug: true, version: true }],
  ['-h', { help: true }],
  ['-?', { help: true }],
  ['--help', { help: true }],
  [
    '-- -a.cf start',
    { config: '-a.cf', configGiven: true, instance: '-a.cf', action: 'start' },
  ],
  ['1 status', { config: '1', configGiven: true, instance: '1', action: 'status' }],
  ['configtest --json', { action: 'configtest', json: true }],
  ['show --ipvsadm', { action: 'show', ipvsadm: true }],
  ['weight 10.0.0.1:80 5', { action: 'weight', operands: ['10.0.0.1:80', '5'] }],
  [
    'a.cf weight 10.0.0.1:80 5',
    { ...named, config: 'a.cf', action: 'weight', operands: ['10.0.0.1:80', '5'] },
  ],
  [
    'weight enable 10.0.0.1:80',
    {
      ...{ config: 'weight', configGiven: true, instance: 'weight' },
      ...{ action: 'enable', operands: ['10.0.0.1:80'] },
    },
  ],
  ['wait', { action: 'wait' }],
  ['wait --for up', { action: 'wait', for: 'up' }],
  ['a.cf events -f', { ...named, config: 'a.cf', action: 'events', follow: true }],
  ['--ini i start', { action: 'start', ini: 'i' }],
  ['--runtime-dir=/r start', { action: 'start', runtimeDir: '/r' }],
  ['start --foreground', { action: 'start', foreground: true }],
];

for (const [typed, differs] of CASES)
  t.test(`"${typed}" is read as ldirectord reads it`, async (t) => {
    const argv = typed.split(' ').filter(Boolean);
    t.same(await parseCommandLine(argv), { ...NONE, ...differs });
  });

/** Each without the parser; written another way it needs one, and is to mean the same. */
const PLAIN = [
  ['a.cf ready director --timeout 3s', 'a.cf ready director --timeout=3s'],
  ['ready --timeout 3s director', 'ready --timeout=3s director'],
  [
    '--runtime-dir /r --ini i a.cf start junk',
    '--runtime-dir=/r --ini=i a.cf start junk',
  ],
  ['show --json --checks 10.0.0.1:80', 'show --json --checks=10.0.0.1:80'],
  ['--debug --json a.cf start', '-d --json a.cf start'],
  ['events --follow', 'events -f'],
] as const;

for (const [plain, parsed] of PLAIN)
  t.test(`"${plain}" means what "${parsed}" does`, async (t) => {
    t.same(
      await parseCommandLine(plain.split(' ')),
      await parseCommandLine(parsed.split(' ')),
    );
  });

t.test(
  'what is asked every second is read without all of this, and means the same',
  async (t) => {
    for (const typed of [
      ...[
        'ready',
        'ready director',
        'x/a.cf ready',
        'a.cf ready director',
        'ready ready',
      ],
      ...['ready ready director', 'a.cf ready --timeout 3s director', 'weight ready'],
      '--runtime-dir /r a.cf ready director --timeout 3s',
    ]) {
      const argv = typed.split(' ');
      const asked = askedBy(argv);
      const { action, ...line } = await parseCommandLine(argv);
      t.equal(action, 'ready');
      t.ok(asked, typed);
      t.match(line, asked ?? {}, typed);
      t.same(line.operands, asked?.operands);
    }
    for (const typed of [
      ...[
        'ready directors',
        'a.cf ready x',
        'a.cf show ready',
        'weight ready 5',
        'director',
      ],
      ...['ready --json', 'ready --timeout', 'ready --timeout=1s', 'ready -- director'],
      ...[
        'ready --timeout 1s --timeout 2s',
        'a.cf b.cf ready',
        'ready director director',
      ],
    ])
      t.equal(askedBy(typed.split(' ')), undefined, typed);
  },
);

t.test('what only a parser knows is left to it', async (t) => {
  const read = (typed: string) => parseCommandLine(typed.split(' '));
  t.match(await read('show --json false'), { json: false, operands: [] });
  t.match(await read('show --json --json'), { json: true });
  t.match(await read('ready --timeout 1s --timeout 2s'), { timeout: '2s' });
  t.match(await read('x.cf ready -- --timeout'), { operands: ['--timeout'] });
  await t.rejects(read('wait --for never'), /for/);
  await t.rejects(read('ready --timeout --json'), /timeout/);
});

t.test('an unknown option is named, and options are not abbreviated', async (t) => {
  await t.rejects(parseCommandLine(['-x', 'start']), { message: 'Unknown option: x' });
  await t.rejects(parseCommandLine(['--deb', 'start']), {
    message: 'Unknown option: deb',
  });
  await t.rejects(parseCommandLine(['--ini']), { message: /ini/ });
});
