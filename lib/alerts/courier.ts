import type { Log } from '../model/log.ts';
import type { MailStatus } from '../model/status.ts';
import { Lane, type Patience } from './lane.ts';
import type { Mail } from './mail.ts';
import type { Route } from './route.ts';

/** Carries mails away, and never makes the caller wait. */
export interface Courier {
  send(mail: Mail): void;
  /** Reload: tries at once what waits for another attempt, and forgets the trouble with a mail
   *  server that no service names any more.
   *  @param ways  mail servers; undefined among them: the local mailer */
  follow(ways: ReadonlySet<string | undefined>): void;
  status(): MailStatus;
  /** Takes nothing more and makes a last attempt at what waits, no longer than `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

/** What a courier works with. */
export interface CourierParts {
  readonly log: Log;
  /** The way to that mail server; undefined: to the local mailer. */
  readonly route: (smtp: string | undefined) => Route;
  readonly patience?: Patience;
}

/** One lane for each mail server: one that hangs delays no other's mails. */
export function createCourier({ log, route, patience }: CourierParts): Courier {
  const lanes = new Map<string | undefined, Lane>();
  const past = { sent: 0, failed: 0, dropped: 0 }; // lanes that were forgotten
  let closed = false;

  function laneTo(smtp: string | undefined): Lane {
    const known = lanes.get(smtp);
    if (known) return known;
    const lane = new Lane(route(smtp), log, patience);
    lanes.set(smtp, lane);
    return lane;
  }

  return {
    send(mail) {
      if (!closed) laneTo(mail.smtp).push(mail);
    },
    follow(ways) {
      for (const [smtp, lane] of lanes) {
        lane.hurry();
        if (ways.has(smtp) || lane.pending > 0) continue;
        lanes.delete(smtp);
        past.sent += lane.counts.sent;
        past.failed += lane.counts.failed;
        past.dropped += lane.counts.dropped;
      }
    },
    status: () => statusOf(lanes, past),
    async close(timeoutMs) {
      closed = true;
      const all = [...lanes.values()];
      const timer = setTimeout(() => {
        for (const lane of all) lane.cut();
      }, timeoutMs);
      await Promise.all(all.map((lane) => lane.close()));
      clearTimeout(timer);
      const left = sum(lanes, ({ pending }) => pending);
      if (left > 0) log.warn(`${left} email messages were not sent`);
    },
  };
}

type Lanes = ReadonlyMap<unknown, Lane>;

function statusOf(lanes: Lanes, past: Lane['counts']): MailStatus {
  const problems = [...lanes.values()].flatMap(({ problem }) => problem ?? []);
  return {
    sent: past.sent + sum(lanes, ({ counts }) => counts.sent),
    failed: past.failed + sum(lanes, ({ counts }) => counts.failed),
    dropped: past.dropped + sum(lanes, ({ counts }) => counts.dropped),
    pending: sum(lanes, ({ pending }) => pending),
    problem: problems.length === 0 ? null : problems.join('; '),
  };
}

function sum(lanes: Lanes, numberOf: (lane: Lane) => number): number {
  let total = 0;
  for (const lane of lanes.values()) total += numberOf(lane);
  return total;
}
