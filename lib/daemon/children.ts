import { runCommand } from '../alerts/command.ts';
import { type ChildAction, childCommand } from '../instance/children.ts';
import type { Log } from '../model/log.ts';

/** Directors that `execute=` lines name: started with this one, stopped with it. */
export interface Children {
  /** As the config in force names them. */
  readonly current: readonly string[];
  /** Those of the director before run already: {@link converge} stops what is gone of them too. */
  adopt(running: readonly string[]): void;
  /** Starts what is new, stops what is gone and lets the others reload; one after the other,
   *  and after what was asked for before. */
  converge(wanted: readonly string[]): Promise<void>;
  /** Stops them all at once; takes no more. */
  stop(): Promise<void>;
}

const START_MS = 30_000;
const STOP_MS = 10_000;

/** @param program  what runs a director, with the options that all share */
export function createChildren(program: readonly string[], log: Log): Children {
  const leave = new AbortController();
  let current: readonly string[] = [];
  let work: Promise<void> = Promise.resolve();

  const ask = (child: string, action: ChildAction, signal = leave.signal) =>
    runCommand(
      childCommand(program, child, action),
      // A director as this one is: what is for its Node is for theirs.
      {
        timeoutMs: action === 'stop' ? STOP_MS : START_MS,
        signal,
        env: process.env,
      },
      log,
    );

  async function step(wanted: readonly string[]): Promise<void> {
    const before = current;
    current = wanted;
    for (const child of before) if (!wanted.includes(child)) await ask(child, 'stop');
    for (const child of wanted)
      if (!before.includes(child) || !(await ask(child, 'reload')))
        await ask(child, 'start');
  }

  return {
    get current() {
      return current;
    },
    adopt(running) {
      current = running;
    },
    converge(wanted) {
      work = work.then(() => (leave.signal.aborted ? undefined : step(wanted)));
      return work;
    },
    async stop() {
      leave.abort();
      await work;
      const never = new AbortController().signal;
      await Promise.all(current.map((child) => ask(child, 'stop', never)));
    },
  };
}
