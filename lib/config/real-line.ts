import { didYouMean } from '../model/nearest.ts';
import type { Pattern } from '../model/pattern.ts';
import type { ForwardingMethod } from '../model/virtual-service.ts';
import { methodNamed } from './fallback-line.ts';
import { translatePattern } from './pattern.ts';
import { expected, type Note, trimBlanks } from './values.ts';

/** Address part of a `real` line as written. */
export interface RealAddress {
  readonly host: string;
  /** The last host of a range. */
  readonly last: string | undefined;
  /** Number or name; `0`: none given. */
  readonly port: string;
  /** The rest of the line. */
  readonly flags: string;
}

const BLANK = '[ \\t\\v\\f\\r]';
/** Dotted digits, a name, or brackets; the brackets take more than IPv6 has, as ldirectord's do. */
const HOST = '\\d+\\.\\d+\\.\\d+\\.\\d+|[A-Za-z0-9.-]+|\\[[0-9A-f:]+\\]';
const ADDRESS = new RegExp(
  `(?<host>${HOST})(?:->(?<last>${HOST}))?(?::(?<port>[A-Za-z0-9_-]+))?${BLANK}+(?<flags>.*)`,
  's',
);
const FLAGS = {
  method: /([A-Za-z0-9_]+)/,
  weight: new RegExp(`${BLANK}+(\\d+)`),
  pair: new RegExp(`${BLANK}+"(.*)"[, ]${BLANK}*"(.*)"`, 's'),
  lower: new RegExp(`${BLANK}+l:(\\d+)`),
  upper: new RegExp(`${BLANK}+u:(\\d+)`),
};
const EXAMPLE = '10.0.0.2:80 masq';

/** Finds the address, anywhere in the value.
 *  @throws RangeError when there is none with a blank behind it */
export function parseRealAddress(value: string, note: Note): RealAddress {
  const found = ADDRESS.exec(value);
  if (found?.groups === undefined)
    return expected('an address, a blank and the forwarding method', EXAMPLE);
  const { host = '', last, port = '0', flags = '' } = found.groups;
  const skipped = value.slice(0, found.index);
  if (skipped !== '')
    note(
      `"${skipped}" in front of ${host} is skipped; the server is ${host}, port ${port}`,
    );
  return { host, last, port, flags };
}

/** What stands behind the address. */
export interface RealFlags {
  readonly method: ForwardingMethod;
  readonly weight: number;
  readonly pair?: RealPair;
  readonly lower: number;
  readonly upper: number;
}

/** Own request and receive. `receive: undefined`: ldirectord loses it (see {@link parseRealFlags}). */
export interface RealPair {
  readonly request: string;
  readonly receive: Pattern | undefined;
}

/** Each part is searched for in what the one before left over, and what precedes it is dropped.
 *  If the request starts with `/`, ldirectord loses its receive and everything after it.
 *  Source: observed.
 *  @throws RangeError for another method, or when something is left over */
export function parseRealFlags(text: string, note: Note): RealFlags {
  const rest = scanner(text, note);
  const [, word = ''] = rest.take(FLAGS.method) ?? [];
  const method = methodNamed(word);
  if (method === undefined)
    return expected(
      'gate, masq or ipip after the address',
      EXAMPLE,
      didYouMean(word, ['gate', 'masq', 'ipip']),
    );
  const weight = Number(rest.take(FLAGS.weight)?.[1] ?? 1);
  if (weight > 65_535) note('ipvsadm refuses a weight above 65535');
  const quotes = rest.take(FLAGS.pair);
  if (quotes?.[1]?.startsWith('/')) {
    note(
      `the receive of "${quotes[1]}" and all behind it are ignored, since the request starts with /; leave the / out`,
    );
    const pair = { request: quotes[1], receive: undefined };
    return { method, weight, pair, lower: 0, upper: 0 };
  }
  const lower = Number(rest.take(FLAGS.lower)?.[1] ?? 0);
  const upper = Number(rest.take(FLAGS.upper)?.[1] ?? 0);
  rest.end();
  const pair = quotes && {
    request: `/${quotes[1]}`,
    receive: translatePattern(quotes[2] ?? '', note),
  };
  return { method, weight, ...(pair && { pair }), lower, upper };
}

function scanner(text: string, note: Note) {
  let rest = text;
  return {
    take(pattern: RegExp): RegExpExecArray | undefined {
      const found = pattern.exec(rest);
      if (found === null) return undefined;
      const skipped = rest.slice(0, found.index).trim();
      if (skipped !== '') note(`"${skipped}" is skipped`);
      rest = rest.slice(found.index + found[0].length);
      return found;
    },
    end(): void {
      const left = trimBlanks(rest);
      if (left !== '')
        expected(
          `only method, weight, "request", "receive", l: and u:, not ${left}`,
          `${EXAMPLE} 5 "index.html", "OK" l:10 u:20`,
        );
    },
  };
}
