/** An address that only this host itself can speak with: the kernel does not forward to it. IPv6 in its shortest form. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
