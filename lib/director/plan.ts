import type { Config } from '../config/config.ts';
import { configReport } from '../config/report.ts';
import { webReport } from '../config/web.ts';
import { same } from '../model/same.ts';

/** What a reload would change, or did. */
export interface PlannedChange {
  readonly type: 'added' | 'removed' | 'changed';
  /** Null: what holds for all of them. */
  readonly service: string | null;
  /** Null: the service itself. */
  readonly real: string | null;
  /** Of what changed: names as in the file or the ini, values as `configtest --json` prints them, times
   *  of the ini in milliseconds; secrets read `***`. */
  readonly values: readonly ChangedValue[];
}

export interface ChangedValue {
  readonly name: string;
  readonly old: unknown;
  readonly new: unknown;
}

/** What a reload did, or would do. */
export interface ReloadDone {
  readonly ok: true;
  readonly changes: readonly PlannedChange[];
  /** As `configtest` prints them. */
  readonly warnings: readonly string[];
}

/** The file cannot be put in force, and nothing has changed. */
export interface ReloadRefused {
  readonly ok: false;
  /** All that is wrong: `FILE:LINE: what: expected, as in "example"`. One at least. */
  readonly errors: readonly string[];
}

export type ReloadOutcome = ReloadDone | ReloadRefused;

type Values = Readonly<Record<string, unknown>>;
interface Piece {
  readonly service: string | null;
  readonly real: string | null;
  readonly values: Values;
}

const SECRET = /^(?:login|passwd|secret|webhook|password of .*)$/;

/** What differs between two configs: first what holds for all, then service by service in the new
 *  one's order, each with its real servers, then what is gone. */
export function planOf(before: Config, next: Config): readonly PlannedChange[] {
  const was = piecesOf(before);
  const is = piecesOf(next);
  const changes: PlannedChange[] = [];
  for (const [key, { service, real, values }] of is) {
    const old = was.get(key);
    if (!old) changes.push({ type: 'added', service, real, values: [] });
    else if (!same(old.values, values))
      changes.push({
        ...{ type: 'changed', service, real },
        values: changedValues(old.values, values),
      });
  }
  for (const [key, { service, real }] of was)
    if (!is.has(key)) changes.push({ type: 'removed', service, real, values: [] });
  return changes;
}

function piecesOf(config: Config): ReadonlyMap<string, Piece> {
  const report = configReport(config);
  const pieces = new Map<string, Piece>();
  const add = (piece: Piece) => {
    const key = JSON.stringify([piece.service, piece.real]);
    // Of two real servers with one id the first counts.
    if (!pieces.has(key)) pieces.set(key, piece);
  };
  const { file: _, web, ...options } = config.options;
  const common = { ...report.global, ...named(options), ...webReport(web) };
  add({ service: null, real: null, values: common });
  for (const [row, { id, options, reals }] of config.virtuals.entries()) {
    const { reals: listed, ...shown } = report.virtuals[row] ?? {};
    add({ service: id, real: null, values: { ...shown, ...named(options) } });
    const values: readonly Values[] = Array.isArray(listed) ? listed : [];
    for (const [place, real] of reals.entries())
      add({ service: id, real: real.id, values: values[place] ?? {} });
  }
  return pieces;
}

function changedValues(old: Values, next: Values): readonly ChangedValue[] {
  return Object.keys({ ...old, ...next })
    .filter((name) => !same(old[name], next[name]))
    .map((name) =>
      SECRET.test(name)
        ? { name, old: '***', new: '***' }
        : { name, old: withoutLogin(old[name]), new: withoutLogin(next[name]) },
    );
}

/** Of a key that another section has too, that is made of two, or is one word. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  logConnections: 'connections',
  checkProxy: 'check-send-proxy',
  abortOnClose: 'abortonclose',
};

/** A request may be a URL, and that may hold a login and a password. */
function withoutLogin(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null;
  return value.replace(/\/\/[^/?#]*@/g, '//***@');
}

/** Options by the names of their keys: `connectTimeoutMs` is `connect-timeout`. */
function named(options: object): Values {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      OTHER_NAMES[name] ?? kebab(name),
      value,
    ]),
  );
}

function kebab(name: string): string {
  return name
    .replace(/(?:Ms|Days)$/, '')
    .replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}
