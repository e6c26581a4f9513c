/** What of root's rights a director may need, by name and bit. Source: capabilities(7). */
export const CAPABILITIES = {
  CAP_NET_BIND_SERVICE: { bit: 10n, what: 'to listen on a port below 1024' },
  CAP_NET_ADMIN: { bit: 12n, what: 'to have the kernel forward or capture' },
  CAP_NET_RAW: { bit: 13n, what: 'to ping' },
} as const;

export type Capability = keyof typeof CAPABILITIES;

export const CAPABILITY_NAMES = Object.keys(CAPABILITIES) as readonly Capability[];

/** Those in a mask as /proc/PID/status has it, in hexadecimal. */
export function capabilitiesIn(mask: string): readonly Capability[] {
  const bits = /^[\da-f]+$/.test(mask) ? BigInt(`0x${mask}`) : 0n;
  return CAPABILITY_NAMES.filter(
    (name) => (bits & (1n << CAPABILITIES[name].bit)) !== 0n,
  );
}
