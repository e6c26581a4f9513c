import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { OPTION_ROWS } from '../../../lib/heartbeat/command/arguments.ts';
import { COMMANDS } from '../../../lib/heartbeat/command/commands.ts';
import { SCRIPTS } from '../../../lib/heartbeat/command/completion.ts';
import { EXIT } from '../../../lib/heartbeat/command/exit.ts';
import { helpText } from '../../../lib/heartbeat/command/help.ts';
import { heartbeatPage } from '../../../lib/heartbeat/command/manual.ts';
import { filesOf, STOCK } from '../../../lib/heartbeat/local/files.ts';
import { lab } from '../../support/lab.ts';
import { linted, plain, shown } from '../../support/mandoc.ts';

const DATE = new Date(Date.UTC(2026, 10, 5));
const page = heartbeatPage(DATE);
/** From dist/test/heartbeat/command. */
const built = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
const source = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');

t.test('l4heartbeat(8) has all that can be typed', lab('mandoc'), async (t) => {
  const { found, status } = linted(page);
  t.same(found, []);
  t.ok(status <= 1, 'nothing worse than style');
  const text = shown(page);
  for (const { typed, summary } of [...Object.values(COMMANDS), ...OPTION_ROWS]) {
    t.ok(text.includes(` ${plain(typed)} `), typed);
    t.ok(text.toLowerCase().includes(plain(summary).toLowerCase()), summary);
  }
  for (const code of Object.values(EXIT)) t.match(text, new RegExp(` ${code} \\w`));
  const { nodeinfo, hooks, ...files } = filesOf(STOCK);
  for (const file of Object.values(files)) t.ok(text.includes(` ${file} `), file);
});

t.test('so has the help', async (t) => {
  for (const { typed, summary } of [...Object.values(COMMANDS), ...OPTION_ROWS])
    t.ok(helpText().includes(`${typed} `) && helpText().includes(summary), typed);
});

t.test('npm run build wrote page and completion', async (t) => {
  const undated = (text: string) => text.replace(/^\.Dd .*$/m, '');
  t.equal(undated(built('man/l4heartbeat.8')), undated(page));
  t.equal(built('completion/l4heartbeat.bash'), SCRIPTS.bash);
  t.equal(built('completion/_l4heartbeat'), SCRIPTS.zsh);
});

t.test('bash completes actions, parts and options', async (t) => {
  const complete = (word: string) =>
    spawnSync(
      'bash',
      [
        '--norc',
        '-c',
        `${SCRIPTS.bash}
        words=$(complete -p l4heartbeat | sed "s/.*-W '\\(.*\\)' l4heartbeat/\\1/")
        compgen -W "$words" -- "$1"`,
        'bash',
        word,
      ],
      { encoding: 'utf8' },
    ).stdout.split('\n');
  t.same(complete('st'), ['start', 'stop', 'status', 'standby', '']);
  t.same(complete('--ha'), ['--ha-dir', '']);
  t.same(complete('fore'), ['foreign', '']);
});

t.test('zsh can read its own', lab('zsh'), async (t) => {
  const { status, stderr } = spawnSync('zsh', ['-n'], { input: SCRIPTS.zsh });
  t.same([status, String(stderr)], [0, '']);
});

t.test('the unit of the document is that of the package', async (t) => {
  const unit = source('packaging/root/usr/lib/systemd/system/l4heartbeat.service');
  const [, shown = ''] =
    /^# \/etc\/systemd\/system\/l4heartbeat\.service\n([\s\S]*?)^```$/m.exec(
      source('docs/heartbeat.md'),
    ) ?? [];
  t.equal(shown, unit.replace(/^Documentation=.*\n/m, ''));
});
