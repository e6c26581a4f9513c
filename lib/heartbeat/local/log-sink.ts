import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { childEnvironment } from '../../model/child-environment.ts';

/** Where lines of the log go. A disk may take none and never answer, and a process ends only with the last of its
 *  calls: so a program of its own writes, which nobody waits for. */
export interface LogSink {
  /** Resolves when the program has the text, or is gone. */
  put(text: string): Promise<void>;
  /** Resolves when all is written. */
  end(): Promise<void>;
  /** What runs of it is waited for no more. */
  kill(): void;
}

type Writer = ChildProcessByStdio<Writable, null, null>;

/** Opens the file anew for each line, so that logrotate needs no word. What cannot be written is said on stderr. */
const APPEND = `while IFS= read -r line; do
  { printf '%s\\n' "$line" >> "$1"; } 2>/dev/null || printf '%s\\n' "$line" >&2
done`;

/** Appends to a file. */
export class LogFile implements LogSink {
  readonly #file: string;
  #writer: Writer | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  async put(text: string): Promise<void> {
    this.#writer ??= this.#started();
    const { stdin } = this.#writer;
    await new Promise<void>((resolve) => {
      stdin.write(text, () => resolve());
    });
  }

  async end(): Promise<void> {
    const writer = this.#writer;
    if (!writer) return;
    const exit = once(writer, 'exit');
    writer.stdin.end();
    await exit;
  }

  kill(): void {
    kill(this.#writer);
    this.#writer = undefined;
  }

  #started(): Writer {
    const writer = spawn('sh', ['-c', APPEND, 'sh', this.#file], {
      cwd: '/',
      env: childEnvironment(),
      // It has the last lines to write still when a terminal ends all of its group.
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const gone = () => {
      if (this.#writer === writer) this.#writer = undefined;
    };
    writer.once('error', gone).once('exit', gone);
    writer.stdin.on('error', gone);
    return writer;
  }
}

/** Sends to a facility of syslog, by logger(1). */
export class Syslog implements LogSink {
  readonly #facility: string;
  #writer: Writer | undefined;

  constructor(facility: string) {
    this.#facility = facility;
  }

  async put(text: string): Promise<void> {
    const args = ['-t', 'heartbeat', '-p', `${this.#facility}.info`];
    const writer = spawn('logger', args, {
      cwd: '/',
      env: childEnvironment(),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#writer = writer;
    // Told by `close` too, but where no descriptor was left for its input: then nobody waits for that.
    writer.once('error', () => {});
    writer.stdin.on('error', () => {}).end(text.replaceAll(/^heartbeat: /gm, ''));
    await once(writer, 'close');
    this.#writer = undefined;
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  kill(): void {
    kill(this.#writer);
    this.#writer = undefined;
  }
}

function kill(writer: Writer | undefined): void {
  writer?.kill('SIGKILL');
  writer?.stdin.destroy();
  writer?.unref();
}
