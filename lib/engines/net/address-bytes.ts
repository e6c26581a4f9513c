/** Bytes of a numeric address in network order, 4 or 16; empty for what is none.
 *  An IPv4-mapped IPv6 address becomes IPv4. A zone (`%eth0`) is left out. */
export function addressBytes(text: string): Uint8Array {
  const [bare = ''] = text.split('%');
  if (!bare.includes(':')) return ipv4Bytes(bare);
  if (bare.includes('.')) return mappedBytes(bare);
  return ipv6Bytes(bare);
}

export function ipv4Bytes(text: string): Uint8Array {
  const octets = text.split('.');
  return octets.length === 4 ? Uint8Array.from(octets, Number) : new Uint8Array(0);
}

/** `::ffff:1.2.3.4`, and the like with other leading groups. */
function mappedBytes(text: string): Uint8Array {
  const at = text.lastIndexOf(':') + 1;
  const v4 = ipv4Bytes(text.slice(at));
  if (text.slice(0, at).toLowerCase() === '::ffff:' || v4.length === 0) return v4;
  const [a = 0, b = 0, c = 0, d = 0] = v4;
  const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  return ipv6Bytes(text.slice(0, at) + hex);
}

function ipv6Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(16);
  const [head = '', tail] = text.split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  for (const [index, group] of before.entries()) write(bytes, index, group);
  const first = 8 - after.length;
  for (const [index, group] of after.entries()) write(bytes, first + index, group);
  return bytes;
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function write(bytes: Uint8Array, group: number, value: number): void {
  bytes[group * 2] = value >> 8;
  bytes[group * 2 + 1] = value & 255;
}
