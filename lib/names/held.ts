import type { DnsOptions } from '../model/reals-from.ts';
import { type Answer, type NameRecord, recordId, recordText } from './question.ts';

/** What is known of one question. Times are of the monotonic clock, in milliseconds, but where told
 *  otherwise. */
export interface Held {
  /** In force, in an order that does not depend on that of the answers. */
  readonly records: readonly HeldRecord[];
  /** When the last answer came, milliseconds since 1970; undefined: none ever did. */
  readonly answeredAt: number | undefined;
  /** Whether this process has asked and knows how it went. */
  readonly isSettled: boolean;
  /** When it is to be asked again. */
  readonly due: number;
  /** Times in a row that no answer came. */
  readonly failed: number;
  /** Why the last ones are kept, or there are none; undefined: all is well. */
  readonly problem: string | undefined;
  /** Since the start. */
  readonly answers: number;
  readonly failures: number;
}

export interface HeldRecord {
  readonly record: NameRecord;
  /** Of the first answer without it; undefined: the last one has it. */
  readonly missingSince: number | undefined;
}

/** When something came. */
export interface Moment {
  /** Monotonic, milliseconds. */
  readonly now: number;
  /** Milliseconds since 1970. */
  readonly wall: number;
}

type Bounds = Omit<DnsOptions, 'servers' | 'timeoutMs'>;

/** From the first failure to the next question, doubled with each that follows. */
const RETRY_MS = 1_000;
const MOST_RETRY_MS = 30_000;
/** By how much that may be shorter, so that many do not ask in one moment. */
const JITTER = 0.25;

/** Of a question that nobody has asked yet.
 *  @param records  from an earlier run */
export function unasked(
  records: readonly NameRecord[] = [],
  answeredAt?: number,
): Held {
  return {
    records: sorted(records.map((record) => ({ record, missingSince: undefined }))),
    answeredAt,
    isSettled: false,
    due: 0,
    ...{ failed: 0, problem: undefined, answers: 0, failures: 0 },
  };
}

/** An answer has come. One that names nothing lets nobody go where `empty = keep`. */
export function answered(
  held: Held,
  answer: Answer,
  { now, wall }: Moment,
  bounds: Bounds,
): Held {
  const lives = Math.min(Math.max(answer.ttlMs, bounds.minTtlMs), bounds.maxTtlMs);
  const known = { isSettled: true, failed: 0, answers: held.answers + 1 };
  const keeps = answer.empty !== undefined && bounds.empty === 'keep';
  if (keeps && held.records.length > 0)
    return {
      ...held,
      ...known,
      due: now + lives,
      problem: `${answer.empty}; its last servers are kept (empty = keep)`,
    };
  const { records, cut } = merged(held.records, answer.records, now, bounds);
  const confirm = records.map(({ missingSince }) =>
    missingSince === undefined ? Infinity : missingSince + (bounds.holdMs ?? 0),
  );
  return {
    ...held,
    ...known,
    records,
    answeredAt: wall,
    due: Math.min(now + lives, ...confirm),
    problem: answer.empty ?? cut,
  };
}

/** None has come: what is known stays.
 *  @param why     in words
 *  @param random  0 to 1 */
export function unanswered(
  held: Held,
  why: string,
  { now }: Moment,
  random: number,
): Held {
  const wait = Math.min(RETRY_MS * 2 ** Math.min(held.failed, 10), MOST_RETRY_MS);
  return {
    ...held,
    isSettled: true,
    due: now + wait * (1 - JITTER * random),
    failed: held.failed + 1,
    failures: held.failures + 1,
    problem: held.records.length > 0 ? `${why}; its last servers are kept` : why,
  };
}

/** Whether both bring about the same servers. */
export function sameRecords(a: Held, b: Held): boolean {
  const texts = ({ records }: Held) =>
    records.map(({ record }) => recordText(record)).join();
  return texts(a) === texts(b);
}

/** Who is there already goes before who is new where there are too many. */
function merged(
  before: readonly HeldRecord[],
  named: readonly NameRecord[],
  now: number,
  { holdMs = 0, maxServers }: Bounds,
): { readonly records: readonly HeldRecord[]; readonly cut: string | undefined } {
  const known = new Set(before.map(({ record }) => recordId(record)));
  const present = new Set(named.map(recordId));
  const isKnown = ({ record }: HeldRecord) => known.has(recordId(record));
  const there = sorted(named.map((record) => ({ record, missingSince: undefined })));
  const first = [...there.filter(isKnown), ...there.filter((one) => !isKnown(one))];
  const missing = before.flatMap(({ record, missingSince = now }) => {
    const stays = !present.has(recordId(record)) && now - missingSince < holdMs;
    return stays ? [{ record, missingSince }] : [];
  });
  const cut =
    there.length > maxServers
      ? `it has ${there.length} servers, and ${maxServers} are taken (max-servers)`
      : undefined;
  return { records: sorted([...first, ...missing].slice(0, maxServers)), cut };
}

function sorted(records: readonly HeldRecord[]): readonly HeldRecord[] {
  const keyed = records.map((one) => [recordText(one.record), one] as const);
  return keyed.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
