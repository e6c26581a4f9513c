import type { Log } from '../model/log.ts';
import type { MailStatus } from '../model/status.ts';
import { Lane, type Patience } from './lane.ts';
import type { Mail } from './mail.ts';
import type { Route } from './route.ts';

/** Mails that may wait, over all ways; past it a new one is dropped. */
const LIMIT = 1_000;

/** Carries mails away, and never makes the caller wait. */
export interface Courier {
  send(mail: Mail): void;
  /** Tries at once what waits for another attempt. */
  hurry(): void;
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
  let overflow = 0;
  let told = false;
  let closed = false;

  function laneTo(smtp: string | undefined): Lane {
    const known = lanes.get(smtp);
    if (known) return known;
    const lane = new Lane(route(smtp), log, patience);
    lanes.set(smtp, lane);
    return lane;
  }

  function hasRoom(): boolean {
    const waiting = sum(lanes, ({ pending }) => pending);
    if (waiting < LIMIT) {
      if (waiting === 0) told = false;
      return true;
    }
    overflow++;
    if (!told) log.warn(`email message dropped: ${LIMIT} are waiting already`);
    told = true;
    return false;
  }

  return {
    send(mail) {
      if (!closed && hasRoom()) laneTo(mail.smtp).push(mail);
    },
    hurry() {
      for (const lane of lanes.values()) lane.hurry();
    },
    status: () => statusOf(lanes, overflow),
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

function statusOf(lanes: Lanes, overflow: number): MailStatus {
  const problems = [...lanes.values()].flatMap(({ problem }) => problem ?? []);
  return {
    sent: sum(lanes, ({ counts }) => counts.sent),
    failed: sum(lanes, ({ counts }) => counts.failed),
    dropped: overflow + sum(lanes, ({ counts }) => counts.dropped),
    pending: sum(lanes, ({ pending }) => pending),
    problem: problems.length === 0 ? null : problems.join('; '),
  };
}

function sum(lanes: Lanes, numberOf: (lane: Lane) => number): number {
  let total = 0;
  for (const lane of lanes.values()) total += numberOf(lane);
  return total;
}
