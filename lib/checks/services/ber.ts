/** A piece of ASN.1 data: what it is, and its content. */
export interface Element {
  readonly tag: number;
  /** A view of the bytes it was read from. */
  readonly content: Buffer;
}

/** Universal types that LDAP uses. Source: X.690, 8. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  octetString: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
} as const;

/** An element, encoded: tag, length, content. */
export function element(tag: number, ...content: readonly Buffer[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.of(tag), lengthOctets(length), ...content]);
}

/** An element whose content are these bytes, each one character (latin1). */
export function textElement(tag: number, bytes: string): Buffer {
  return element(tag, Buffer.from(bytes, 'latin1'));
}

/** An integer, enumeration or boolean, encoded.
 *  @param value  0 to 127: more is not needed here */
export function numberElement(tag: number, value: number): Buffer {
  return element(tag, Buffer.of(value));
}

/** Reads the first element of the bytes.
 *  @returns undefined while it is incomplete; `rest` is what follows it.
 *  Throws for a length that has no end or that is longer than any message here. */
export function readElement(
  bytes: Buffer,
): (Element & { readonly rest: Buffer }) | undefined {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) return undefined;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || octets > 4) throw new Error('broken BER: no usable length');
  if (bytes.length < 2 + octets) return undefined;
  const start = 2 + octets;
  const length = octets === 0 ? first : bytes.readUIntBE(2, octets);
  if (bytes.length < start + length) return undefined;
  return {
    tag,
    content: bytes.subarray(start, start + length),
    rest: bytes.subarray(start + length),
  };
}

/** The elements that the content of another consists of. Throws when one is cut short. */
export function readElements(content: Buffer): readonly Element[] {
  const elements: Element[] = [];
  for (let rest = content; rest.length > 0; ) {
    const next = readElement(rest);
    if (next === undefined) throw new Error('broken BER: an element is cut short');
    elements.push(next);
    rest = next.rest;
  }
  return elements;
}

/** The number that an integer's or enumeration's content holds; NaN for none, or for one of
 *  more than 32 bits. */
export function readNumber({ content }: Element): number {
  const { length } = content;
  return length >= 1 && length <= 4 ? content.readIntBE(0, length) : Number.NaN;
}

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const octets = length < 0x100 ? 1 : length < 0x10000 ? 2 : 4;
  const bytes = Buffer.alloc(1 + octets, 0x80 | octets);
  bytes.writeUIntBE(length, 1, octets);
  return bytes;
}
