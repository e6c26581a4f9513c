import { type ChildProcess, spawn } from 'node:child_process';
import { childEnvironment } from '../../model/child-environment.ts';

/** A ping ends by itself after that time: one whose node was killed does not stay, and a name is looked up again. */
const LIFE_S = 60;
/** The next one begins before that end, so that no question is left out. */
const RENEWED_MS = 50_000;
/** ping(8) asks no faster, but for floods. */
const LEAST_MS = 10;
/** In a line for each answer, whatever else is in it. */
const ANSWER = ' bytes from ';

/** Asks hosts whether they are there, by ping(8), as raw sockets need native code: a program for each host that goes
 *  on asking, for the start of one takes longer than its question. */
export class Pings {
  readonly #every: string;
  readonly #answered: (name: string) => void;
  /** The latest ping of each host. */
  readonly #latest = new Map<string, { readonly child: ChildProcess; since: number }>();
  readonly #running = new Set<ChildProcess>();

  /** @param everyMs  from one question to the next
   *  @param answered  called when a host has answered, with the name that it was asked under */
  constructor(everyMs: number, answered: (name: string) => void) {
    this.#every = String(Math.max(everyMs, LEAST_MS) / 1000);
    this.#answered = answered;
  }

  /** Has all these hosts asked from now on. It is called again as often as they are asked: what has ended begins
   *  anew. */
  ask(name: string, hosts: readonly string[]): void {
    const now = performance.now();
    for (const host of hosts) {
      const key = `${name} ${host}`;
      const since = this.#latest.get(key)?.since ?? Number.NEGATIVE_INFINITY;
      if (now - since >= RENEWED_MS) this.#start(key, name, host, now);
    }
  }

  close(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    this.#running.clear();
    this.#latest.clear();
  }

  #start(key: string, name: string, host: string, since: number): void {
    const child = this.#spawned(host);
    if (!child) return;
    this.#latest.set(key, { child, since });
    this.#running.add(child);
    // Null, against the types, when no descriptor was left for it: an error follows.
    child.stdout?.setEncoding('latin1').on('data', (text: string) => {
      if (this.#running.has(child) && text.includes(ANSWER)) this.#answered(name);
    });
    const ended = (): void => {
      this.#running.delete(child);
      if (this.#latest.get(key)?.child === child) this.#latest.delete(key);
    };
    child.once('error', ended).once('exit', ended);
  }

  /** @returns undefined: the host has no memory for it, say; the next question is another attempt */
  #spawned(host: string): ChildProcess | undefined {
    const args = ['-n', '-i', this.#every, '-w', String(LIFE_S), '--', host];
    try {
      return spawn('ping', args, {
        stdio: ['ignore', 'pipe', 'ignore'],
        // In which its lines are what they are here, and a fraction has a point.
        env: { ...childEnvironment(), LC_ALL: 'C' },
      });
    } catch {
      return undefined;
    }
  }
}
