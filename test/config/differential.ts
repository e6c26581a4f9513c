import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import type { Config, ReadResult } from '../../lib/config/config.ts';
import { configReport } from '../../lib/config/index.ts';
import { isListed } from './listed.ts';
import type { Answer } from './oracle.ts';

type Values = Readonly<Record<string, unknown>>;

/** One thing on which the two readers do not agree. */
export interface Difference {
  /** Name of a value, or `verdict`, `line`. */
  readonly what: string;
  readonly ours: unknown;
  readonly theirs: unknown;
  /** The service in which it was found, as ours reports it. */
  readonly service?: Values;
  /** Of a service, or of a file that ldirectord broke down on: where each of our real servers
   *  stands. Of `line`: ours and theirs. */
  readonly lines?: readonly number[];
}

/** Where the two read one file differently, what is listed left out. */
export function differences(
  text: string,
  ours: ReadResult,
  theirs: Answer,
): readonly Difference[] {
  const utf8 = isUtf8(Buffer.from(text, 'latin1'));
  return allDifferences(ours, theirs, utf8 ? asBytes : (value) => value).filter(
    (found) => !isListed(found, text),
  );
}

type ToBytes = (value: unknown) => unknown;

function allDifferences(
  ours: ReadResult,
  theirs: Answer,
  bytes: ToBytes,
): readonly Difference[] {
  const first = ours.ok ? undefined : ours.errors[0];
  if (theirs.died !== undefined)
    return [
      {
        what: 'verdict',
        ours: first?.message,
        theirs: theirs.died,
        lines: ours.ok ? linesOf(ours.config).flat() : [],
      },
    ];
  if (ours.ok !== theirs.accepted)
    return [{ what: 'verdict', ours: first?.message, theirs: theirs.message }];
  if (!ours.ok) {
    const lines = [first?.line ?? 0, theirs.line ?? 0];
    const [mine, other] = [first?.message, theirs.message];
    return lines[0] === lines[1]
      ? []
      : [{ what: 'line', ours: mine, theirs: other, lines }];
  }
  const { global } = configReport(ours.config);
  return [
    ...valueDifferences(global, theirs.global ?? {}, bytes),
    ...serviceDifferences(ours.config, theirs.virtuals ?? [], bytes),
  ];
}

function serviceDifferences(
  config: Config,
  theirs: readonly Values[],
  bytes: ToBytes,
): readonly Difference[] {
  const ours = configReport(config).virtuals;
  if (ours.length !== theirs.length)
    return [{ what: 'services', ours: ours.length, theirs: theirs.length }];
  const lines = linesOf(config);
  return ours.flatMap((service, at) =>
    valueDifferences(service, theirs[at] ?? {}, bytes).map((found) => ({
      ...found,
      service,
      lines: lines[at] ?? [],
    })),
  );
}

/** Of each service's real servers. */
function linesOf({ virtuals }: Config): readonly (readonly number[])[] {
  return virtuals.map(({ reals }) => reals.map(({ line }) => line));
}

/** Compares what ldirectord knows of; ours may tell more. */
function valueDifferences(
  ours: Values,
  theirs: Values,
  bytes: ToBytes,
): readonly Difference[] {
  return Object.entries(theirs)
    .map(([what, value]) => ({
      what,
      ours: bytes(unordered(what, ours)),
      theirs: value,
    }))
    .filter((found) => !isDeepStrictEqual(found.ours, found.theirs));
}

/** ldirectord keeps these in a hash. */
function unordered(name: string, values: Values): unknown {
  const value = values[name];
  return name === 'execute' && Array.isArray(value) ? value.toSorted() : value;
}

/** Our strings are text where the file is UTF-8; ldirectord's are the bytes of the file. */
function asBytes(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(asBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, asBytes(one)]),
  );
}
