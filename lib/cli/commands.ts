import { findInstance } from '../instance/instance.ts';
import { DETAILS } from './command-details.ts';
import type { Command, Context, Operand, Takes } from './context.ts';

const SHELL: Operand = { shown: 'bash|zsh', offers: ['bash', 'zsh'] };
const WORDS: Operand = { shown: '[WORD ...]', offers: [], rest: true };
const REAL: Operand = { shown: 'REAL', offers: 'reals' };

/** Every action by its name; help comes from here. Each loads what it needs when it runs,
 *  so that `status` costs no more than it must. */
export const COMMANDS = {
  start: row(
    'start; returns when every service is at work, or after 5 s',
    async () => (await import('./start.ts')).start,
  ),
  stop: row('stop, and wait for the end', async () => (await import('./stop.ts')).stop),
  restart: row(
    'stop if running, then start',
    async () => (await import('./restart.ts')).restart,
  ),
  'try-restart': row(
    'restart if running',
    async () => (await import('./restart.ts')).tryRestart,
  ),
  reload: row(
    'read the config again; a bad one leaves all in force',
    async () => (await import('./reload.ts')).reload,
  ),
  'force-reload': row('the same', async () => (await import('./reload.ts')).reload),
  upgrade: row(
    'have the installed version take a running one’s place; no connection is lost',
    async () => (await import('./upgrade.ts')).upgrade,
  ),
  status: row(
    'running: exit 0; stale pid file: 1; stopped: 3',
    async () => (await import('./status.ts')).status,
  ),
  configtest: row(
    'check the config: errors exit 2; --json: the values in force',
    async () => (await import('./configtest.ts')).configtest,
    { options: ['json'] },
  ),
  show: row(
    'services and servers now: a table, --json, --ipvsadm or --checks REAL',
    async () => show,
    { options: ['json', 'ipvsadm', 'checks'] },
  ),
  weight: row(
    'show or set the weight of a real server; file: give it back',
    asking(async () => (await import('./weight.ts')).weight),
    { operands: [REAL, { shown: '[N|file]', offers: ['file'] }], options: ['json'] },
  ),
  drain: row(
    'no new connections; wait until it is empty',
    asking(async () => (await import('./drain.ts')).drain),
    { operands: [REAL], options: ['within', 'json'], detail: DETAILS.drain },
  ),
  enable: row(
    'let a real server have what file and checks say again',
    asking(async () => (await import('./weight.ts')).enable),
    { operands: [REAL], options: ['json'], detail: DETAILS.enable },
  ),
  disable: row(
    'take a real server out for maintenance',
    asking(async () => (await import('./weight.ts')).disable),
    { operands: [REAL], options: ['json'], detail: DETAILS.disable },
  ),
  events: row(
    'what happened; -f: and what happens',
    asking(async () => (await import('./events.ts')).events),
    { options: ['follow', 'json'], detail: DETAILS.events },
  ),
  wait: row(
    'return when the director, a service or a real server is so far',
    asking(async () => (await import('./wait.ts')).wait),
    {
      operands: [{ shown: '[REAL|SERVICE]', offers: 'targets' }],
      options: ['for', 'timeout'],
      detail: DETAILS.wait,
    },
  ),
  ready: row(
    'whether clients would be served here: exit 0 or 1; director: whether it is at work',
    async () => (await import('./ready.ts')).ready,
    {
      operands: [{ shown: '[director]', offers: ['director'] }],
      options: ['timeout'],
      detail: DETAILS.ready,
    },
  ),
  role: row(
    'its role in a pair, or take one',
    asking(async () => (await import('./role.ts')).role),
    {
      operands: [{ shown: '[active|standby]', offers: ['active', 'standby'] }],
      options: ['json'],
      detail: DETAILS.role,
    },
  ),
  top: row(
    'services and servers live, with keys to change them',
    asking(async () => (await import('./top/index.ts')).top),
    { detail: DETAILS.top },
  ),
  completion: row(
    'print what bash or zsh completes by',
    asking(async () => (await import('./completion/index.ts')).completion),
    { operands: [SHELL, WORDS], detail: DETAILS.completion },
  ),
  'hash-password': row(
    "ask for a password, print what the page's [web user NAME] keeps of it",
    async () => (await import('./hash-password.ts')).hashPasswordCommand,
  ),
} as const satisfies Record<string, Command>;

type Run = (context: Context) => Promise<number>;

function row(summary: string, load: () => Promise<Run>, takes: Takes = {}): Command {
  return { summary, ...takes, run: async (context) => (await load())(context) };
}

/** Of an action that asks a director. */
function asking(load: () => Promise<Run>): () => Promise<Run> {
  return async () => (await import('./director.ts')).asking(await load());
}

async function show({ line }: Context): Promise<number> {
  const { runShow, styleOf } = await import('./show.ts');
  return runShow({
    socketPath: findInstance(line.instance, line.runtimeDir).socket,
    form: line.json ? 'json' : line.ipvsadm ? 'ipvsadm' : 'table',
    checksOf: line.checks,
    out: process.stdout,
    err: process.stderr,
    ...styleOf(process.stdout, process.env),
  });
}
