const HEADER_BYTES = 12;

/** The number that a DNS answer repeats from its query; -1 for what is shorter than a DNS message.
 *  Source: RFC 1035, section 4.1.1. */
export function dnsNumber(message: Uint8Array): number {
  const [high = 0, low = 0] = message;
  return message.length < HEADER_BYTES ? -1 : high * 256 + low;
}
