import t from 'tap';
import { parseCommandLine as parse } from '../../lib/cli/command-line.ts';
import { COMMANDS } from '../../lib/cli/commands.ts';

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

t.test('an unknown option is named, and options are not abbreviated', async (t) => {
  await t.rejects(parseCommandLine(['-x', 'start']), { message: 'Unknown option: x' });
  await t.rejects(parseCommandLine(['--deb', 'start']), {
    message: 'Unknown option: deb',
  });
  await t.rejects(parseCommandLine(['--ini']), { message: /ini/ });
});
