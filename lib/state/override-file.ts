import { createHash } from 'node:crypto';
import type { DrainEnd, KeptOverride, Override, RealRef } from '../model/override.ts';
import type { RealServer } from '../model/virtual-service.ts';
import { isObject } from './is-object.ts';
import { seal } from './sealed.ts';

/** One row of the state file. */
export interface StoredOverride extends RealRef, Override {
  /** {@link fingerprint} of the real server at that time. */
  readonly configured: string;
  readonly drain?: DrainEnd | undefined;
}

export const VERSION = 2;
/** As a desk takes it. */
const MOST_WEIGHT = 65_535;
/** Of a service's id, or of who made a change; far below. */
const MOST_CHARACTERS = 1000;
const STATES: readonly unknown[] = ['ready', 'drain', 'maintenance'];

/** Sealed, as JSON. */
export function formatOverrides(kept: readonly KeptOverride[]): readonly string[] {
  const overrides = kept.map(({ service, real, override, drain }) => ({
    ...{ service, real: real.id, ...override },
    configured: fingerprint(real),
    drain,
  }));
  return seal(VERSION, [`"overrides": ${JSON.stringify(overrides, null, 2)}}\n`]);
}

/** @param text  of {@link unseal}
 *  @throws Error saying what it is not */
export function parseOverrides(text: string): readonly StoredOverride[] {
  const found: unknown = JSON.parse(text);
  if (!isObject(found) || found.version !== VERSION || !Array.isArray(found.overrides))
    throw new Error(`it is no state file of version ${VERSION}`);
  const wrong = found.overrides.findIndex((row) => !isStored(row));
  if (wrong >= 0) throw new Error(`row ${wrong + 1} of its overrides is none`);
  return found.overrides;
}

const NAMES = /"service": "([\w.:[\]-]{1,100})",\s+"real": "([\w.:[\]-]{1,100})"/g;
const MOST_NAMES = 10;

/** Whose overrides stand in what cannot be trusted, as far as can be read: `10.1.1.21:80
 *  (tcp:10.1.1.19:80), 3 more`; empty: nothing can. */
export function legibleNames(text: string): string {
  const found = [...text.matchAll(NAMES)].map(
    ([, service, real]) => `${real} (${service})`,
  );
  const more = found.length - MOST_NAMES;
  const rest = more > 0 ? [`${more} more`] : [];
  return [...found.slice(0, MOST_NAMES), ...rest].join(', ');
}

/** Tells whether a real server's line says the same as before; the place in the file is no part of
 *  it, nor what an SRV record says. */
export function fingerprint(real: RealServer): string {
  const { address, port, method, lower, upper, request, receive, from } = real;
  const weight = from === undefined ? real.weight : null;
  const text = JSON.stringify([
    ...[address, port, method, weight, lower, upper],
    ...[request ?? null, receive?.perl ?? null],
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function isStored(row: unknown): row is StoredOverride {
  if (!isObject(row)) return false;
  const { weight } = row;
  return (
    ['service', 'real', 'by', 'since', 'configured'].every((name) =>
      isWord(row[name]),
    ) &&
    STATES.includes(row.state) &&
    (weight === null ||
      (Number.isInteger(weight) &&
        Number(weight) >= 0 &&
        Number(weight) <= MOST_WEIGHT)) &&
    (row.drain === undefined || isDrainEnd(row.drain))
  );
}

function isDrainEnd(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { at, by } = value;
  return isWord(by) && isWord(at) && Number.isFinite(Date.parse(String(at)));
}

/** As a line of the log, or a terminal, can show it. */
function isWord(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.length <= MOST_CHARACTERS &&
    !/\p{Control}/u.test(value)
  );
}
