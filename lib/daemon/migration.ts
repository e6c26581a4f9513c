import { readFileSync } from 'node:fs';

/** Why a handover may lose who waits in the queue of a listener that closes, with the mend; undefined: the
 *  kernel gives them to the other one. Source: the kernel's Documentation/networking/ip-sysctl.
 *  @param proc  where procfs is mounted */
export function migrationDoubt(proc = '/proc'): string | undefined {
  const value = migrates(`${proc}/sys/net/ipv4/tcp_migrate_req`);
  if (value === undefined)
    return 'Clients that wait to be accepted when the listeners close are lost: this kernel cannot give them to others, Linux 5.14 can';
  return value === '0'
    ? 'Clients that wait to be accepted when the listeners close are lost: set net.ipv4.tcp_migrate_req = 1 before the next time'
    : undefined;
}

/** What a start says of the same, while it can still be set in time. Undefined: nobody is lost, or this
 *  kernel cannot do better. With one thread it would matter at an upgrade only, which says so itself.
 *  @param threads  that share the listeners' addresses */
export function migrationAdvice(threads: number, proc = '/proc'): string | undefined {
  if (threads < 2 || migrates(`${proc}/sys/net/ipv4/tcp_migrate_req`) !== '0')
    return undefined;
  return 'Clients that wait to be accepted are lost at an upgrade, and when a thread dies: net.ipv4.tcp_migrate_req = 1 keeps them';
}

function migrates(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1').trim();
  } catch {
    return undefined;
  }
}
