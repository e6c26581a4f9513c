import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import { GIVE_BACK } from './screen.ts';

/** Who hears of what happens at the terminal. */
export interface Listener {
  keys(text: string): void;
  /** It is ours from now on, or again. */
  taken(): void;
  /** All must be drawn anew. */
  resized(): void;
  /** We are to end. @param exitCode  as a shell counts an end by that signal */
  ended(exitCode: number): void;
}

/** A terminal whose keys come one by one. Disposing gives it back. */
export interface Terminal extends Disposable {
  /** Gives it back and stops this process, as Ctrl-Z does, until it is continued. */
  suspend(): void;
}

const ENDS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Takes the terminal of this process. However that ends (an error, a signal, in order), the
 *  terminal is given back, but for SIGKILL. */
export function takeTerminal(listener: Listener): Terminal {
  const { stdin, stdout } = process;
  let taken = false;
  const take = () => {
    taken = true;
    stdin.setRawMode(true);
    listener.taken();
  };
  const giveBack = () => {
    if (!taken) return;
    taken = false;
    giveBackTo(stdin);
  };
  const suspend = () => {
    giveBack();
    process.kill(process.pid, 'SIGSTOP');
  };
  const resume = () => {
    if (!taken) take();
    listener.resized();
  };
  const keys = (text: string) => listener.keys(text);
  const resized = () => listener.resized();
  const hungUp = () => listener.ended(128 + constants.signals.SIGHUP);
  const ends = ENDS.map(
    (name) => [name, () => listener.ended(128 + constants.signals[name])] as const,
  );
  stdin.setEncoding('utf8').on('data', keys).on('end', hungUp);
  stdout.on('resize', resized);
  process.on('SIGTSTP', suspend).on('SIGCONT', resume);
  process.on('exit', giveBack).on('uncaughtExceptionMonitor', giveBack);
  for (const [name, end] of ends) process.on(name, end);
  take();
  return {
    suspend,
    [Symbol.dispose]() {
      giveBack();
      stdin.off('data', keys).off('end', hungUp).pause();
      stdout.off('resize', resized);
      process.off('SIGTSTP', suspend).off('SIGCONT', resume);
      process.off('exit', giveBack).off('uncaughtExceptionMonitor', giveBack);
      for (const [name, end] of ends) process.off(name, end);
    },
  };
}

/** At once, since there may be no later. A terminal that has gone takes nothing back. */
function giveBackTo(stdin: NodeJS.ReadStream): void {
  try {
    stdin.setRawMode(false);
    writeSync(process.stdout.fd, GIVE_BACK);
  } catch {
    // it has gone
  }
}
