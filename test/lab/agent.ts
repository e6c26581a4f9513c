import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { behave, longestCheckGap, met, opened, serve } from './behaving.ts';
import { download, downloadBegan, serveBulk, upload } from './bulk.ts';
import type { Host } from './network.ts';
import { park, treat, unpark } from './rude.ts';
import { endStays, stay } from './steady.ts';
import { endLoad, haltingVisit, hold, load, visit, visits } from './traffic.ts';

/** What an agent can be asked to do on its host. */
const TASKS = {
  visit,
  visits,
  load,
  endLoad,
  hold,
  haltingVisit,
  download,
  downloadBegan,
  upload,
  serveBulk,
  serve,
  behave,
  opened,
  longestCheckGap,
  met,
  stay,
  endStays,
  treat,
  park,
  unpark,
} as const;

type Tasks = typeof TASKS;
type Task = keyof Tasks;

interface Order {
  readonly id: number;
  readonly task: Task;
  readonly args: readonly unknown[];
}

type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

/** A process on a host of the lab that does what it is asked; several tasks at once. */
export interface Agent extends AsyncDisposable {
  do<T extends Task>(
    task: T,
    ...args: Parameters<Tasks[T]>
  ): Promise<Awaited<ReturnType<Tasks[T]>>>;
  close(): Promise<void>;
}

export function startAgent(host: Host): Agent {
  const child = host.spawn(
    process.execPath,
    [fileURLToPath(import.meta.url), 'agent'],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // The runner's own loaders have no business in there, nor has the count of what is covered.
      env: { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '' },
    },
  );
  const waiting = new Map<number, (answer: Answer) => void>();
  child.on('message', (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  child.on('exit', (code, signal) => {
    const error = `the agent on ${host.name} ended (${signal ?? code})`;
    for (const [id, settle] of waiting) settle({ id, error });
  });
  let orders = 0;
  const close = () => end(child);
  return {
    do: (task, ...args) => {
      const done = new Promise<never>((resolve, reject) => {
        const id = ++orders;
        waiting.set(id, (answer) => {
          if ('error' in answer) reject(new Error(answer.error));
          else resolve(answer.result as never); // What the task of that name returned.
        });
        child.send({ id, task, args } satisfies Order);
      });
      // Whoever gives up before it is done has a reason of its own, which would be hidden.
      done.catch(() => {});
      return done;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function obey({ id, task, args }: Order): Promise<Answer> {
  try {
    const perform = TASKS[task] as (...args: readonly unknown[]) => Promise<unknown>;
    return { id, result: await perform(...args) };
  } catch (error) {
    return { id, error: String(error) };
  }
}

if (process.argv[2] === 'agent')
  process.on('message', (order: Order) => {
    obey(order).then((answer) => process.send?.(answer), process.abort);
  });
