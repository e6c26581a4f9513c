/** A numeric address (no brackets) as 4 or 16 bytes in network order; a zone is left out. Takes what
 *  was validated before; empty for an empty text. */
export function addressBytes(address: string): Uint8Array {
  const [bare = ''] = address.split('%');
  if (bare.includes(':')) return inet6(bare);
  return bare === '' ? new Uint8Array(0) : Uint8Array.from(bare.split('.'), Number);
}

/** 4 or 16 bytes as text, IPv6 in its shortest form (RFC 5952). */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? [];
  return new URL(`http://[${words.join(':')}]/`).hostname.slice(1, -1);
}

/** The four bytes of IPv4 within an IPv4-mapped address; any other as it is. */
export function unmapped(bytes: Uint8Array): Uint8Array {
  const mapped =
    bytes.length === 16 && MAPPED.every((byte, index) => bytes[index] === byte);
  return mapped ? bytes.subarray(MAPPED.length) : bytes;
}

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

function inet6(address: string): Uint8Array {
  const bytes = new Uint8Array(16);
  const [head = '', tail = ''] = address.split('::');
  bytes.set(groups(head).slice(0, 16));
  const last = groups(tail).slice(0, 16);
  bytes.set(last, 16 - last.length);
  return bytes;
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const word = Number.parseInt(group, 16);
    return [word >> 8, word & 0xff];
  });
}
