import type {
  Check,
  CheckedCertificate,
  CheckResult,
  CheckTarget,
} from '../model/check.ts';
import { certificateSeen } from './certificate.ts';
import type { ChosenCheck } from './choose.ts';
import { deadline } from './deadline.ts';
import type { Matcher } from './matcher.ts';
import { describe, hide, oneLine } from './message.ts';
import { secretsOf } from './secrets.ts';

export interface AttemptOptions {
  readonly target: CheckTarget;
  readonly chosen: ChosenCheck;
  readonly check: Check;
  readonly matcher: Matcher;
  /** How long after its time-out a check may take to close what it opened and to match
   *  what it received. */
  readonly graceMs: number;
  /** The check's own: aborted at its time-out, and from outside when nobody wants it any more. */
  readonly abort: AbortController;
}

/** Makes one check. Always resolves, at the latest when the time-out and the grace are over:
 *  a check that does not heed its signal is left behind and counts as failed. */
export async function attempt(options: AttemptOptions): Promise<CheckResult> {
  const { target, chosen, graceMs, abort } = options;
  const { signal } = abort;
  using grace = new Grace(signal, graceMs);
  const reason = `no answer within ${chosen.timeoutWords}`;
  using _deadline = deadline(chosen.timeoutMs, () =>
    abort.abort(new DOMException(reason, 'TimeoutError')),
  );
  const result = await run(options, grace);
  return clean(target, result, certificateSeen(signal));
}

async function run(
  { check, target, matcher, abort: { signal } }: AttemptOptions,
  grace: Grace,
): Promise<CheckResult> {
  const left = grace.over.then((reason) => {
    return { up: false, message: `${describe(reason)}, and it does not end` };
  });
  try {
    // What came before the time-out may still be matched after it, hence the later signal.
    const matches: Parameters<Check>[1]['matches'] = (pattern, text) =>
      matcher.match(pattern, text, grace.signal);
    return await Promise.race([check(target, { signal, matches }), left]);
  } catch (error) {
    return { up: false, message: describe(error) };
  }
}

/** Longer ones are cut before anything is looked for in them; far more than {@link oneLine} leaves. */
const LONGEST_MESSAGE = 8192;

/** Begins when a signal aborts. Few checks need the signal of its end, so it is made for those
 *  only: on Node 20 each one is a kilobyte of garbage that outlives the small collections. */
class Grace implements Disposable {
  /** Resolves with the first signal's reason when the grace is over. */
  readonly over: Promise<unknown>;
  #end: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(signal: AbortSignal, ms: number) {
    this.over = new Promise((resolve) => {
      const begin = () => {
        this.#timer = setTimeout(() => {
          this.#controller.abort(signal.reason);
          resolve(signal.reason);
        }, ms);
      };
      if (signal.aborted) begin();
      else signal.addEventListener('abort', begin, { once: true });
    });
  }

  /** Aborts when the grace is over, with the same reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get #controller(): AbortController {
    this.#end ??= new AbortController();
    return this.#end;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** What servers say may hold anything, the password they were sent included. */
function clean(
  target: CheckTarget,
  { up, message }: CheckResult,
  certificate: CheckedCertificate | undefined,
): CheckResult {
  const words = secretsOf(target);
  const tidy = (text: string) => oneLine(hide(text.slice(0, LONGEST_MESSAGE), words));
  const result = { up, message: tidy(message) };
  if (certificate === undefined) return result;
  const { expiresAt, subject } = certificate;
  return { ...result, certificate: { expiresAt, subject: tidy(subject) } };
}
