/** A numeric address (no brackets) as 4 or 16 bytes in network order; a zone is left out.
 *  Takes what was validated before: of anything else it makes some bytes or other. */
export function addressBytes(address: string): Uint8Array {
  const [bare = ''] = address.split('%');
  return bare.includes(':') ? inet6(bare) : Uint8Array.from(bare.split('.'), Number);
}

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
