import type { NameStatus } from '../model/name-status.ts';
import type { Held } from './held.ts';
import { type NameRecord, type Question, questionKey, recordText } from './question.ts';

/** A question over its life. */
export interface Kept {
  readonly question: Question;
  held: Held;
  /** Of SRV records those that count: the last ones that lead to anybody. */
  inForce: readonly NameRecord[];
  /** Since when others are known that do not count yet, monotonic milliseconds; undefined: there are none. */
  heldBackSince: number | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Aborts what is on its way; undefined: nothing is. */
  asking: AbortController | undefined;
}

/** Whether none of the targets of SRV records is known, and of some nobody answers. */
export function leadsNowhere(srv: Kept, all: ReadonlyMap<string, Kept>): boolean {
  const known = targetsOf(srv, all);
  return (
    known.some(({ held }) => !held.isSettled || held.failed > 0) &&
    known.every(({ held }) => held.records.length === 0)
  );
}

/** Whether nobody has told yet where some of its targets are. */
export function isOpen(srv: Kept, all: ReadonlyMap<string, Kept>): boolean {
  return targetsOf(srv, all).some(({ held }) => !held.isSettled);
}

/** Of a question and what it leads to those that nobody has answered yet, by key. */
export function openOf(key: string, all: ReadonlyMap<string, Kept>): readonly string[] {
  const kept = all.get(key);
  if (!kept) return [];
  if (!kept.held.isSettled) return [key];
  return targetsOf(kept, all).flatMap(({ question, held }) =>
    held.isSettled ? [] : [questionKey(question)],
  );
}

/** Those of its targets that are asked for. */
function targetsOf(srv: Kept, all: ReadonlyMap<string, Kept>): readonly Kept[] {
  const names = recordsOf(srv.held).flatMap((record) =>
    'target' in record ? [record.target] : [],
  );
  return names.flatMap((name) =>
    (['A', 'AAAA'] as const).flatMap(
      (type) => all.get(questionKey({ name, type })) ?? [],
    ),
  );
}

export function recordsOf({ records }: Held): readonly NameRecord[] {
  return records.map(({ record }) => record);
}

/** Nothing of it is on its way any more. */
export function end({ timer, asking }: Kept): void {
  clearTimeout(timer);
  asking?.abort();
}

/** @param now  monotonic, milliseconds */
export function statusOf({ question, held, asking }: Kept, now: number): NameStatus {
  const { records, answeredAt, due, answers, failures, problem } = held;
  const missing = records.filter(({ missingSince }) => missingSince !== undefined);
  return {
    name: question.name,
    type: question.type,
    records: records.map(({ record }) => recordText(record)),
    missing: missing.map(({ record }) => recordText(record)),
    answeredAt: answeredAt === undefined ? null : new Date(answeredAt).toISOString(),
    nextSeconds: asking ? 0 : Math.max(0, Math.round((due - now) / 100) / 10),
    ...{ answers, failures },
    problem: problem ?? null,
  };
}
