/** Where requests go, directly or through somebody. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Networks of 127.0.0.0/8, so that addresses of different use never meet. */
export const NETWORKS = { service: 2, real: 20, client: 30 } as const;

/** As many addresses of a network of loopback, all at one port.
 *  @param count  up to 60,000 */
export function places(
  network: keyof typeof NETWORKS,
  count: number,
  port: number,
): readonly Place[] {
  return Array.from({ length: count }, (_, n) => ({
    host: loopback(network, n),
    port,
  }));
}

/** The n-th address of a network, from 0: `127.20.1.1`. */
export function loopback(network: keyof typeof NETWORKS, n: number): string {
  return `127.${NETWORKS[network]}.${1 + Math.floor(n / 250)}.${1 + (n % 250)}`;
}
