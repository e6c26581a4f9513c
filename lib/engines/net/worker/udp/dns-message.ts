const HEADER_BYTES = 12;

/** The number that a DNS answer repeats from its query; -1 for what is shorter than a DNS message.
 *  Source: RFC 1035, section 4.1.1. */
export function dnsNumber(message: Uint8Array): number {
  const [high = 0, low = 0] = message;
  return message.length < HEADER_BYTES ? -1 : high * 256 + low;
}

/** In the third byte: it is an answer. */
const RESPONSE = 0x80;

/** Whether a server is to answer it: one leaves what is no query, or an answer, without a word.
 *  Source: RFC 1035, section 4.1.1. */
export function isDnsQuery(message: Uint8Array): boolean {
  return message.length >= HEADER_BYTES && ((message[2] ?? 0) & RESPONSE) === 0;
}
