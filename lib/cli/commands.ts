import { findInstance } from '../instance/instance.ts';
import type { Command, Context, Takes } from './context.ts';

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
} as const satisfies Record<string, Command>;

/** @returns undefined for a name that is none */
export function commandNamed(name: string): Command | undefined {
  return Object.hasOwn(COMMANDS, name)
    ? COMMANDS[name as keyof typeof COMMANDS]
    : undefined;
}

type Run = (context: Context) => Promise<number>;

function row(summary: string, load: () => Promise<Run>, takes: Takes = {}): Command {
  return { summary, ...takes, run: async (context) => (await load())(context) };
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
