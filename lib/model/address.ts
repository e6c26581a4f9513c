/** IPv4 or IPv6, in the words of the socket API. */
export type Family = 'inet' | 'inet6';

/** `address:port` as ids, logs and the status show it: IPv6 in brackets. `address` carries none. */
export function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
