import { execFile } from 'node:child_process';
import type { Log } from '../model/log.ts';

/** What systemd told this process about how it wants to hear from it. */
const KEYS = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

/** Tells systemd how the director is (Type=notify): through `systemd-notify`, since Node has no Unix
 *  datagram socket; so the unit needs NotifyAccess=all. Does nothing where nobody wants to hear. */
export interface Notifier {
  /** Whether somebody does. */
  readonly wanted: boolean;
  /** What a successor needs to go on with it. */
  readonly environment: Readonly<Record<string, string>>;
  /** At work; also after a reload. Names this process as the service's own. Settles when it was told. */
  ready(status: string): Promise<void>;
  /** The signs of life that systemd's watchdog wants, one in half of its time, stop for as long as this
   *  is so. One is not sent by a main thread that hangs. */
  beatUnless(isHopeless: () => boolean): void;
  reloading(): void;
  stopping(): void;
  /** Says nothing new any more: another process speaks now, or the end has come. Settles when all has
   *  been told. Idempotent. */
  close(): Promise<void>;
}

const TELL_MS = 5_000;

/** Takes systemd's variables out of the environment, so that no check or command inherits them.
 *  @param program  tells it; default systemd's */
export function createNotifier(log: Log, program = 'systemd-notify'): Notifier {
  const environment: Record<string, string> = {};
  for (const key of KEYS) {
    const value = process.env[key];
    if (value !== undefined) environment[key] = value;
    delete process.env[key];
  }
  const wanted = environment.NOTIFY_SOCKET !== undefined;
  let turn = Promise.resolve();
  let closed = false;
  let failed = false;
  let busy = 0;

  const tell = (...words: readonly string[]): Promise<void> => {
    if (!wanted || closed) return Promise.resolve();
    busy++;
    turn = turn.then(async () => {
      const problem = await run(program, words, environment);
      if (problem !== undefined && !failed)
        log.error(`systemd cannot be told "${words.join(' ')}": ${problem}`);
      failed = problem !== undefined;
      busy--;
    });
    return turn;
  };
  let isHopeless = () => false;
  const beat = () => {
    if (busy === 0 && !isHopeless()) void tell('WATCHDOG=1');
  };
  const heart = startHeart(wanted ? environment.WATCHDOG_USEC : undefined, beat);
  return {
    wanted,
    environment,
    ready: (status) => tell('--ready', `--pid=${process.pid}`, `--status=${status}`),
    beatUnless(condition) {
      isHopeless = condition;
    },
    reloading: () =>
      void tell('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping() {
      void tell('STOPPING=1');
      clearInterval(heart);
    },
    close() {
      closed = true;
      clearInterval(heart);
      return turn;
    },
  };
}

/** Twice in the watchdog's time, given in microseconds; undefined: there is none. */
function startHeart(time: string | undefined, beat: () => void) {
  const beatMs = Number(time ?? 0) / 2_000;
  return beatMs > 0 ? setInterval(beat, beatMs).unref() : undefined;
}

/** @returns what went wrong */
function run(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const env = { ...process.env, ...environment };
  return new Promise((resolve) => {
    execFile(program, [...words], { env, timeout: TELL_MS }, (error) =>
      resolve(error?.message),
    );
  });
}
