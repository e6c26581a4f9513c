import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { COMMANDS } from '../../lib/cli/commands.ts';
import { namesIn } from '../../lib/cli/completion/live.ts';
import { type Live, offer, type Whose } from '../../lib/cli/completion/offer.ts';
import { SCRIPTS, type Shell } from '../../lib/cli/completion/scripts.ts';
import { FakeDirector } from '../support/fake-director.ts';
import { PROGRAM, runAction } from '../support/l4director.ts';
import { lab } from '../support/lab.ts';
import { realStatus, serviceStatus, statusDocument } from '../support/status.ts';
import { Screen } from '../support/tmux.ts';

const ACTIONS = Object.keys(COMMANDS);
const document = statusDocument({
  services: [
    serviceStatus({ id: 'tcp:10.1.1.19:80' }),
    serviceStatus({
      id: 'tcp:[2001:db8::19]:25',
      reals: [
        realStatus({ id: '10.1.1.22:80', address: '10.1.1.22' }),
        realStatus({ id: '[2001:db8::1]:25', address: '2001:db8::1' }),
        realStatus({ id: 'fallback:127.0.0.1:80', fallback: true }),
        realStatus({ id: '$(touch /tmp/x)', address: 'evil' }),
      ],
    }),
  ],
});

const REALS = [
  '10.1.1.21:80',
  'tcp:10.1.1.19:80/10.1.1.22:80',
  'tcp:[2001:db8::19]:25/10.1.1.22:80',
  '[2001:db8::1]:25',
];
const TARGETS = ['tcp:10.1.1.19:80', 'tcp:[2001:db8::19]:25', ...REALS];

/** What is typed, and what is offered for its last word. */
const CASES: readonly (readonly [string, readonly string[], string?])[] = [
  ['', [...ACTIONS, 'site.cf'], 'files'],
  ['sh', ['show'], 'files'],
  ['x.cf ', ACTIONS],
  ['x.cf re', ['restart', 'reload', 'ready']],
  ['start ', []],
  ['weight ', REALS],
  ['x.cf weight 10', ['10.1.1.21:80']],
  ['x.cf weight [', ['[2001:db8::1]:25']],
  ['x.cf weight 10.1.1.21:80 ', ['file']],
  ['x.cf weight 10.1.1.21:80 5 ', []],
  ['--json drain tcp:10.1.1.19:80/', ['tcp:10.1.1.19:80/10.1.1.22:80']],
  ['wait ', TARGETS],
  ['wait --for ', ['ready', 'up', 'down', 'empty']],
  ['wait --for=e', ['--for=empty']],
  ['wait --for up ', TARGETS],
  ['show --checks 10', ['10.1.1.21:80']],
  ['--ini ', [], 'files'],
  ['--runtime-dir=/r', [], 'folders'],
  ['x.cf drain --w', ['--within']],
  ['x.cf drain --fo', ['--foreground']],
  ['--fo', ['--foreground', '--follow', '--for']],
  ['-- --fo', [], 'files'],
  ['completion z', ['zsh']],
  ['completion bash weight ', []],
];

for (const [typed, words, besides] of CASES)
  t.test(`"${typed}" is completed`, async (t) => {
    const before = typed.split(' ');
    const current = before.pop() ?? '';
    const live: Live = {
      configs: () => ['site.cf'],
      running: async (kind) => namesIn(document, kind),
    };
    const found = await offer(before, current, { commands: COMMANDS, live });
    t.same(
      found.candidates.map(({ word }) => word),
      words,
    );
    t.equal(found.besides, besides);
  });

t.test('the director that is asked is the one that is named', async (t) => {
  const asked: Whose[] = [];
  const live: Live = {
    configs: () => [],
    running: async (_, whose) => {
      asked.push(whose);
      return [];
    },
  };
  const around = { commands: COMMANDS, live };
  await offer(['--runtime-dir', '/r', '/etc/x.cf', 'drain'], '', around);
  await offer(['drain'], '', around);
  t.same(asked, [
    { instance: 'x.cf', runtimeDir: '/r' },
    { instance: 'ldirectord', runtimeDir: undefined },
  ]);
});

t.test('a word that a shell would take for more is not offered', async (t) => {
  t.same(
    namesIn(document, 'targets').map(({ word }) => word),
    TARGETS,
  );
});

t.test('no director: nothing is offered, and nothing said', async (t) => {
  const { folder } = await FakeDirector.open(t, document).then(async (director) => {
    await director.stop();
    return director;
  });
  const words = ['--runtime-dir', folder, 'x.cf', 'drain', ''];
  const outcome = await runAction(folder, 'completion', 'bash', '--', ...words);
  t.same(outcome, { code: 0, stdout: '', stderr: '' });
  const fish = await runAction(folder, 'completion', 'fish');
  t.equal(fish.code, 255);
  t.match(fish.stderr, 'expected bash or zsh');
});

/** A folder with the program in `bin` and some files. */
function homeOf(t: Test): string {
  const home = t.testdir({});
  mkdirSync(join(home, 'bin'));
  symlinkSync(PROGRAM, join(home, 'bin', 'l4director'));
  writeFileSync(join(home, 'some file.ini'), '');
  return home;
}

async function shell(t: Test, name: Shell, ...start: readonly string[]) {
  const director = await FakeDirector.open(t, document);
  const home = homeOf(t);
  const screen = new Screen(t, ['env', '-C', home, name, ...start], {
    columns: 160,
    env: { PATH: `${join(home, 'bin')}:${process.env.PATH}`, HOME: home },
  });
  return { screen, folder: director.folder };
}

/** What is typed before TAB, and what the line is then. */
const TYPED: readonly (readonly [string, RegExp])[] = [
  ['x.cf wei', /x\.cf weight$/],
  ['x.cf drain 10', /x\.cf drain 10\.1\.1\.21:80$/],
  ['x.cf drain 10.1.1.21:', /x\.cf drain 10\.1\.1\.21:80$/],
  ['x.cf drain [2001', /x\.cf drain \\?\[2001:db8::1\\?\]:25$/],
  ['x.cf drain tcp:10.1.1.1', /x\.cf drain tcp:10\.1\.1\.19:80\/10\.1\.1\.22:80$/],
  ['x.cf wait --for=em', /x\.cf wait --for=empty$/],
  ['--ini=some', /--ini=some\\ file\.ini$/],
  ['--ini some', /--ini some\\ file\.ini$/],
];

/** @param bracket  to zsh a bare one is a pattern's */
async function completes(screen: Screen, folder: string, t: Test, bracket = '[') {
  for (const [typed, line] of TYPED) {
    screen.press('C-l', 'C-u');
    await screen.shows(/^ready\n*$/);
    screen.type(`l4director --runtime-dir ${folder} ${typed.replace('[', bracket)}`);
    screen.press('Tab');
    await screen.shows(new RegExp(`${folder} ${line.source}`, 'm'));
    t.pass(typed);
  }
}

t.test('bash completes', lab('tmux'), async (t) => {
  const { screen, folder } = await shell(t, 'bash', '--norc', '--noprofile');
  screen.type('PS1="ready "; source <(l4director completion bash)');
  screen.press('Enter');
  await screen.shows(/^ready$/m);
  await completes(screen, folder, t);
});

t.test('zsh completes, and says what each is', lab('tmux', 'zsh'), async (t) => {
  const { screen, folder } = await shell(t, 'zsh', '-f');
  const load = 'autoload -U compinit && compinit -u -D';
  screen.type(`PS1="ready "; ${load}; source <(l4director completion zsh)`);
  screen.press('Enter');
  await screen.shows(/^ready$/m);
  await completes(screen, folder, t, '\\[');
  screen.press('C-u');
  screen.type('l4director x.cf re');
  screen.press('Tab');
  await screen.shows(/reload +-- read the config again/);
});

t.test('npm run build wrote the scripts', async (t) => {
  const built = new URL('../../completion/', import.meta.url);
  t.equal(readFileSync(new URL('l4director.bash', built), 'utf8'), SCRIPTS.bash);
  t.equal(readFileSync(new URL('_l4director', built), 'utf8'), SCRIPTS.zsh);
});

for (const name of ['bash', 'zsh'] as const)
  t.test(`${name} finds no fault in its script`, lab('zsh'), async (t) => {
    const { stdout } = await runAction('/tmp', 'completion', name);
    const { status, stderr } = spawnSync(name, ['-n'], {
      input: stdout,
      encoding: 'utf8',
    });
    t.same([status, stderr], [0, '']);
  });
