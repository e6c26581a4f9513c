/** Address of a server of a service: both counted from 0, up to 200 each. */
export function serverAddress(service: number, server: number): string {
  return `127.10.${service + 1}.${server + 1}`;
}

/** Servers a service. */
export const SERVERS_EACH = 100;
