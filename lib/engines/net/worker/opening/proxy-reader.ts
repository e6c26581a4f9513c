import { isIPv4, isIPv6 } from 'node:net';
import {
  addressBytes,
  addressText,
  unmapped,
} from '../../../../model/address-bytes.ts';
import {
  type Ends,
  LOCAL,
  PROXY,
  SIGNATURE,
  TCP4,
  TCP6,
} from '../../../../model/proxy-header.ts';
import type { FirstBytes, FirstReader } from './first-bytes.ts';

const TEXT = Buffer.from('PROXY ', 'latin1');
/** Longest line of version 1, CR LF included. */
const LONGEST_TEXT = 107;
/** Of version 2: signature, version, family and length. */
const FIXED = 16;
/** Longest one of version 2, addresses and all else that stands in it: what HAProxy's buffers hold. */
export const LONGEST_BINARY = 16 * 1024;

/** Reads a PROXY header of either version as its bytes come. Holds {@link LONGEST_TEXT} of them at most: the
 *  addresses stand in front, and what follows these in version 2 is counted and passed over. UNKNOWN,
 *  LOCAL, and families other than TCP over IP are the sender's own connections: nothing is found then, else whose
 *  it is, and whom that one called.
 *  Source: HAProxy's proxy-protocol.txt, 2.1 and 2.2. */
export class ProxyReader implements FirstReader<Ends | undefined> {
  readonly #held = Buffer.allocUnsafe(LONGEST_TEXT);
  #seen = 0;

  get seen(): number {
    return this.#seen;
  }

  take(chunk: Buffer): FirstBytes<Ends | undefined> | undefined {
    const before = this.#seen;
    if (before < LONGEST_TEXT) chunk.copy(this.#held, before);
    this.#seen += chunk.length;
    const held = this.#held.subarray(0, Math.min(this.#seen, LONGEST_TEXT));
    const found = startsAs(held, SIGNATURE)
      ? this.#binary(held)
      : startsAs(held, TEXT)
        ? textual(held)
        : 'it does not begin with a PROXY header';
    if (found === undefined) return undefined;
    if (typeof found === 'string') return { kind: 'bad', reason: found };
    const rest = chunk.subarray(found.length - before);
    return { kind: 'done', found: found.ends, rest };
  }

  #binary(held: Buffer): Found {
    if (held.length < FIXED) return undefined;
    const command = held.readUInt8(12);
    const length = FIXED + held.readUInt16BE(14);
    if (command !== LOCAL && command !== PROXY)
      return `its PROXY header has version and command 0x${command.toString(16)}`;
    if (length > LONGEST_BINARY)
      return `its PROXY header is longer than ${LONGEST_BINARY} bytes`;
    const family = command === LOCAL ? 0 : held.readUInt8(13);
    const wanted = FIXED + (SIZES[family] ?? 0);
    if (length < wanted) return 'its PROXY header is too short for the addresses';
    if (this.#seen < length) return undefined;
    return { length, ends: endsIn(held.subarray(FIXED, wanted), family) };
  }
}

/** Undefined: more is needed; a text: why it is none. */
type Found =
  | { readonly length: number; readonly ends: Ends | undefined }
  | string
  | undefined;

/** Bytes of both addresses and ports. */
const SIZES: Readonly<Record<number, number>> = { [TCP4]: 12, [TCP6]: 36 };

/** As far as there is something of either. */
function startsAs(bytes: Buffer, beginning: Buffer): boolean {
  const length = Math.min(bytes.length, beginning.length);
  return bytes.compare(beginning, 0, length, 0, length) === 0;
}

const WORDS =
  /^PROXY (?:UNKNOWN(?: .*)?|(TCP[46]) ([^ %]+) ([^ %]+) (\d{1,5}) (\d{1,5}))$/;

function textual(held: Buffer): Found {
  const end = held.indexOf('\n');
  if (end < 0)
    return held.length < LONGEST_TEXT
      ? undefined
      : `its PROXY header has no end within ${LONGEST_TEXT} bytes`;
  const malformed = 'its PROXY header is malformed';
  if (held[end - 1] !== 13) return malformed;
  const words = WORDS.exec(held.toString('latin1', 0, end - 1));
  if (!words) return malformed;
  const [, family, remoteAddress = '', localAddress = ''] = words;
  const [remotePort, localPort] = [Number(words[4]), Number(words[5])];
  const length = end + 1;
  if (family === undefined) return { length, ends: undefined };
  const isAddress = family === 'TCP4' ? isIPv4 : isIPv6;
  const areGood =
    isAddress(remoteAddress) &&
    isAddress(localAddress) &&
    Math.max(remotePort, localPort) <= 65_535;
  if (!areGood) return malformed;
  const ends = {
    remoteAddress: addressIn(addressBytes(remoteAddress)),
    localAddress: addressIn(addressBytes(localAddress)),
    ...{ remotePort, localPort },
  };
  return { length, ends };
}

function endsIn(bytes: Buffer, family: number): Ends | undefined {
  if (bytes.length === 0) return undefined;
  const size = family === TCP4 ? 4 : 16;
  return {
    remoteAddress: addressIn(bytes.subarray(0, size)),
    localAddress: addressIn(bytes.subarray(size, 2 * size)),
    remotePort: bytes.readUInt16BE(2 * size),
    localPort: bytes.readUInt16BE(2 * size + 2),
  };
}

/** In its usual form; IPv4 within IPv6 as IPv4. */
function addressIn(bytes: Uint8Array): string {
  return addressText(unmapped(bytes));
}
