import { endpoint } from '../../../model/address.ts';
import type { ServiceOutcome } from '../../../model/engine.ts';
import { type PortHolder, portHolder } from './port-holder.ts';

/** Where a service should listen. */
export interface Place {
  readonly id: string;
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  /** As {@link ServiceEntry.arriving}. */
  readonly arriving?: true | undefined;
  /** `capture = yes` would help, where another program has the port. */
  readonly mayBeCaptured?: boolean;
  /** On sockets that the director was passed: nobody else could be there. */
  readonly isPassed?: boolean;
}

/** What the kernel takes for every address of the family. */
const EVERY: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const AGAIN = 'the service starts by itself when the port is free';

/** Whether two places cannot be listened on at once: one wants the port on every address. */
export function overlap(one: Place, other: Place): boolean {
  return (
    one.protocol === other.protocol &&
    one.port === other.port &&
    one.address.includes(':') === other.address.includes(':') &&
    (EVERY.has(one.address) || EVERY.has(other.address))
  );
}

/** Another service of the same director listens there. */
export function ownProblem({ id, port }: Place, rival: Place): ServiceOutcome {
  const problem = `port ${port} is held by this director's own service ${rival.id}, and one of the two wants it on every address: give each the address that it serves, or another port; ${AGAIN}`;
  return { id, state: 'failed', problem };
}

/** What it means that a listener could not be opened, in words for the operator.
 *  @param code the error's, as in EADDRINUSE
 *  @param proc where procfs is mounted */
export async function listenProblem(
  place: Place,
  code: string,
  proc: string,
): Promise<ServiceOutcome> {
  const { id, address } = place;
  if (code === 'EADDRNOTAVAIL') {
    const problem = `no interface of this host has ${address} yet; the service starts as soon as one has, as after "ip address add ${address} dev eth0"`;
    return { id, state: 'waiting-for-address', problem };
  }
  return { id, state: 'failed', problem: await failure(place, code, proc) };
}

async function failure(place: Place, code: string, proc: string): Promise<string> {
  const where = endpoint(place.address, place.port);
  switch (code) {
    case 'EADDRINUSE':
      return inUse(place, await portHolder(place, proc));
    case 'EACCES':
      return `no permission to listen on ${where}: start as root, or give node CAP_NET_BIND_SERVICE, or lower net.ipv4.ip_unprivileged_port_start to ${place.port}`;
    case 'EMFILE':
      return `no file descriptor left to listen on ${where}: raise the limit of open files (LimitNOFILE= in the unit, or ulimit -n)`;
    default:
      return `cannot listen on ${where} (${code}); tried again every second`;
  }
}

function inUse(place: Place, holder: PortHolder | undefined): string {
  const { port } = place;
  if (!holder) return `port ${port} is in use; ${AGAIN}`;
  const { pid, name } = holder;
  const who = pid === undefined ? 'another process' : `${name} (pid ${pid})`;
  return `port ${port} is held by ${who} on ${endpoint(holder.address, port)}: ${mend(place, holder)}; ${AGAIN}`;
}

function mend({ protocol, port, mayBeCaptured }: Place, holder: PortHolder): string {
  if (holder.pid === 1 && holder.name === 'systemd')
    return 'a socket unit has it: start the director by "systemctl restart", so that it gets the socket, or stop that unit';
  if (holder.address !== '*') return 'stop it, or move it to another address';
  const narrower = 'let it listen on the addresses it needs only, as';
  if (protocol === 'udp')
    return `${narrower} named does with listen-on and unbound with interface`;
  const apache = `${narrower} Apache does with "Listen 127.0.0.1:${port}"`;
  if (!mayBeCaptured) return apache;
  return `${apache}, or set capture = yes in l4director.ini, which has the kernel lead the service's clients past it`;
}

/** The kernel's IPVS table holds the address, as ldirectord leaves it behind. */
export function ipvsProblem(place: Place): ServiceOutcome {
  const where = endpoint(place.address, place.port);
  const flag = place.protocol === 'udp' ? '-u' : '-t';
  const problem = `the kernel's IPVS table holds ${where} and takes its packets: clear it with "ipvsadm -D ${flag} ${where}"; the service starts by itself then`;
  return { id: place.id, state: 'failed', problem };
}
