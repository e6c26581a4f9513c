import { Collected } from './collected.ts';
import type { HttpHead } from './http-head.ts';

/** A body as it comes in: undo the transfer coding, keep at most `limit` bytes. */
export interface BodyReader {
  /** @returns false when the body is complete or the limit passed: nothing more is wanted */
  push(bytes: Buffer): boolean;
  /** What came, undecoded otherwise. */
  bytes(): Buffer;
  /** More came than the limit; the rest was dropped. */
  readonly tooLong: boolean;
}

/** The reader that the head asks for. Throws when it contradicts itself. Source: RFC 9112, 6.3. */
export function bodyReader(
  head: HttpHead,
  method: 'GET' | 'HEAD',
  limit: number,
): BodyReader {
  const { status, headers } = head;
  if (method === 'HEAD' || status === 204 || status === 304)
    return lengthBody(0, limit);
  const codings = listed(headers.get('transfer-encoding'));
  if (codings.length === 0)
    return lengthBody(lengthOf(headers.get('content-length')) ?? Infinity, limit);
  const chunked = codings.at(-1)?.toLowerCase() === 'chunked';
  return chunked ? chunkedBody(limit) : lengthBody(Infinity, limit);
}

/** The members of a list, in whatever number of fields. */
function listed(values: readonly string[] = []): readonly string[] {
  return values.flatMap((value) => value.split(',').map((part) => part.trim()));
}

/** Undefined: the body ends with the connection, also where the length is no number: the RFC
 *  would have such an answer discarded, ldirectord takes it. */
function lengthOf(values: readonly string[] | undefined): number | undefined {
  const lengths = [...new Set(listed(values))];
  const [length = ''] = lengths;
  if (lengths.length > 1) {
    if (lengths.some((one) => !/^\d+$/.test(one))) return undefined;
    throw new Error(`expected one Content-Length, got ${lengths.length} that differ`);
  }
  // As libwww-perl: of "2 x" the 2.
  const [, digits] = /^(\d+)(?:\s|$)/.exec(length) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function lengthBody(length: number, limit: number): BodyReader {
  const collected = new Collected(limit);
  let left = length;
  return {
    push(bytes) {
      const part = bytes.subarray(0, Math.min(left, bytes.length));
      collected.add(part);
      left -= part.length;
      return left > 0 && !collected.tooLong;
    },
    bytes: () => collected.bytes(),
    get tooLong() {
      return collected.tooLong;
    },
  };
}

/** A chunk's size, and extensions, which say nothing. Source: RFC 9112, 7.1. */
const SIZE = /^([0-9a-f]+)[ \t]*(?:;.*)?\r?$/i;
/** Longest line with it. */
const SIZE_LINE_LIMIT = 4096;
/** Most bytes in such lines and their ends, where the body may not hold more. */
const LEAST_FRAMING = 65_536;

/** Chunks put together. One that is malformed ends the body, as a cut connection would, and so
 *  does more framing than there may be body: it would have no end. */
function chunkedBody(limit: number): BodyReader {
  const collected = new Collected(limit);
  let line = '';
  let framing = Math.max(limit, LEAST_FRAMING);
  /** Bytes of the chunk still to come; 0: a line comes. */
  let left = 0;
  /** That line ends a chunk; else it is the next size. */
  let closing = false;

  /** @returns how many bytes it took; undefined at the end of the body */
  function takeLine(bytes: Buffer): number | undefined {
    const end = bytes.indexOf(0x0a);
    line += bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
    if (line.length > SIZE_LINE_LIMIT) return undefined;
    if (end < 0) return bytes.length;
    const whole = line;
    line = '';
    return goesOn(whole) ? end + 1 : undefined;
  }

  /** @returns false when it is the last chunk's size, or malformed */
  function goesOn(whole: string): boolean {
    if (closing) {
      closing = false;
      return whole.trimEnd() === '';
    }
    closing = true;
    left = Number.parseInt(SIZE.exec(whole)?.[1] ?? '0', 16);
    return left > 0;
  }

  function takeFraming(bytes: Buffer): number | undefined {
    const taken = takeLine(bytes);
    framing -= taken ?? 0;
    return framing < 0 ? undefined : taken;
  }

  function takeData(bytes: Buffer): number {
    const part = bytes.subarray(0, left);
    collected.add(part);
    left -= part.length;
    return part.length;
  }

  return {
    push(bytes) {
      let rest = bytes;
      while (rest.length > 0) {
        const taken = left > 0 ? takeData(rest) : takeFraming(rest);
        if (taken === undefined || collected.tooLong) return false;
        rest = rest.subarray(taken);
      }
      return true;
    },
    bytes: () => collected.bytes(),
    get tooLong() {
      return collected.tooLong;
    },
  };
}
