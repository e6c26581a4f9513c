import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from '../../model/child-environment.ts';
import { TimeLimit } from '../../model/time-limit.ts';
import { signalGroup } from '../local/process-group.ts';
import { Programs } from '../local/programs.ts';
import { type Message, textOf } from '../wire/message.ts';

const MOST_WAITING = 32;
const LONGEST_MS = 60_000;

/** Scripts of Heartbeat's package, by which it moves resources: here the process does that, and they would do
 *  it a second time. */
const STOCK: ReadonlySet<string> = new Set([
  ...['status', 'ip-request', 'ip-request-resp', 'ask_resources', 'hb_takeover'],
]);
const VARIABLE = /^[A-Za-z_]\w*$/;

/** Runs the scripts of rc.d that have a message's type as their name, one at a time and in order, with each
 *  field as `HA_name`. What has no script costs one look into the folder. */
export class Hooks {
  readonly #folder: string;
  readonly #log: (level: 'warn', text: string) => void;
  readonly #programs: Programs;
  readonly #stop = new AbortController();
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  /** @param programs  where scripts stand while they run */
  constructor(
    folder: string,
    log: (level: 'warn', text: string) => void,
    programs = new Programs(),
  ) {
    this.#folder = folder;
    this.#log = log;
    this.#programs = programs;
  }

  run(fields: Message): void {
    const type = textOf(fields, 't');
    if (type === undefined || STOCK.has(type)) return;
    if (this.#waiting >= MOST_WAITING) {
      this.#log(
        'warn',
        `rc.d/${type} is left out: ${MOST_WAITING} scripts wait already`,
      );
      return;
    }
    this.#waiting++;
    this.#last = this.#last.then(async () => {
      await this.#one(type, fields).catch((error: Error) => this.#told(type, error));
      this.#waiting--;
    });
  }

  /** What runs is ended with all that it began, what waits does not begin. */
  close(): void {
    this.#stop.abort();
  }

  async #one(type: string, fields: Message): Promise<void> {
    const script = join(this.#folder, type);
    const isThere = await access(script, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!isThere || this.#stop.signal.aborted) return;
    const child = spawn(script, [], {
      env: { ...childEnvironment(), ...environmentOf(fields) },
      stdio: 'ignore',
      detached: true,
    });
    this.#programs.add(child);
    using limit = new TimeLimit(LONGEST_MS, this.#stop.signal);
    const kill = () => signalGroup(child.pid, 'SIGKILL');
    limit.signal.addEventListener('abort', kill, { once: true });
    const [code, signal] = await once(child, 'exit');
    limit.signal.removeEventListener('abort', kill);
    if (code !== 0) this.#told(type, new Error(`it ended with ${code ?? signal}`));
  }

  #told(type: string, { message }: Error): void {
    if (!this.#stop.signal.aborted) this.#log('warn', `rc.d/${type}: ${message}`);
  }
}

function environmentOf(fields: Message): NodeJS.ProcessEnv {
  return Object.fromEntries(
    fields.flatMap(([name, value]) =>
      typeof value === 'string' && VARIABLE.test(name) && !value.includes('\0')
        ? [[`HA_${name}`, value]]
        : [],
    ),
  );
}
