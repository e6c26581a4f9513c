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

/** The reader that the head asks for. Source: RFC 9112, 6.3. */
export function bodyReader(
  head: HttpHead,
  method: 'GET' | 'HEAD',
  limit: number,
): BodyReader {
  const { status, headers } = head;
  if (method === 'HEAD' || status === 204 || status === 304)
    return lengthBody(0, limit);
  const coding = headers.get('transfer-encoding') ?? '';
  if (/\bchunked\s*$/i.test(coding)) return chunkedBody(limit);
  const length = headers.get('content-length') ?? '';
  return lengthBody(/^\d+$/.test(length) ? Number(length) : Infinity, limit);
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

/** Longest line with a chunk's size, extensions included. */
const SIZE_LINE_LIMIT = 4096;
/** Most bytes in such lines and their ends, where the body may not hold more. */
const LEAST_FRAMING = 65_536;

/** Chunks put together. One that is malformed ends the body, as a cut connection would, and so
 *  does more framing than there may be body: it would have no end. */
function chunkedBody(limit: number): BodyReader {
  const collected = new Collected(limit);
  let line = '';
  let framing = Math.max(limit, LEAST_FRAMING);
  /** Bytes of the chunk still to come; 0: a line comes, its end or the next size. */
  let left = 0;

  /** @returns how many bytes it took; undefined at the end of the body */
  function takeLine(bytes: Buffer): number | undefined {
    const end = bytes.indexOf(0x0a);
    line += bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
    if (line.length > SIZE_LINE_LIMIT) return undefined;
    if (end < 0) return bytes.length;
    const [size] = /^[0-9a-f]+|^$/i.exec(line.trim()) ?? ['0'];
    line = '';
    left = size === '' ? 0 : Number.parseInt(size, 16);
    return left === 0 && size !== '' ? undefined : end + 1;
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
