import type { Mail } from './mail.ts';

/** What became of one mail. */
export type Delivery =
  | {
      readonly taken: true;
      /** Which of its recipients were refused, and why; undefined: none. */
      readonly refused?: string | undefined;
    }
  | {
      readonly taken: false;
      /** Whether another attempt makes sense. */
      readonly again: boolean;
      /** For people, one line. */
      readonly reason: string;
    };

/** A way out for mails. */
export interface Route {
  /** As ldirectord's log calls what goes this way. */
  readonly what: 'SMTP email message' | 'email message';
  /** `mail.example.com`, `/usr/sbin/sendmail`. */
  readonly name: string;
  /** Hands mails over, one after the other, over one connection if it has any. Each step is
   *  bounded in time. Rejects when it cannot go on: mails not told of were not tried.
   *  @param told    called for each mail, in order
   *  @param signal  ends it at once */
  send(
    mails: readonly Mail[],
    told: (mail: Mail, delivery: Delivery) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

/** What went wrong, on one line of at most 300 characters, whatever a server said. */
export function reasonOf(error: unknown): string {
  const text =
    error instanceof AggregateError && error.message === ''
      ? error.errors.map(reasonOf).join('; ')
      : error instanceof Error
        ? error.message
        : String(error);
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}
