import type { Director } from '../director/director.ts';
import { canonical } from '../engines/host-addresses.ts';
import { inspectPassed } from '../engines/net/listening/passed-sockets.ts';
import type { Launch } from '../instance/launch.ts';
import { endpoint } from '../model/address.ts';
import { grouped } from '../model/grouped.ts';
import type { Log } from '../model/log.ts';
import type { PassedSocket } from '../model/passed-socket.ts';
import type { ServiceStatus } from '../model/status.ts';

const LIKE = 'expected one that listens on TCP, as "ListenStream=10.0.0.1:80" makes it';

/** The sockets that the director was passed. What cannot serve is told, and left open. */
export async function takePassedSockets(
  { sockets: descriptors = [] }: Pick<Launch, 'sockets'>,
  log: Pick<Log, 'warn'>,
): Promise<readonly PassedSocket[]> {
  const { sockets, useless } = await inspectPassed(descriptors);
  for (const { descriptor, what } of useless)
    log.warn(
      `Descriptor ${descriptor}, which was passed, is not used: it is ${what}; ${LIKE}`,
    );
  return sockets;
}

/** Says at the start which services listen on them. */
export async function tellPassedSockets(
  sockets: readonly PassedSocket[],
  director: Pick<Director, 'services'>,
  log: Pick<Log, 'info' | 'warn'>,
): Promise<void> {
  if (sockets.length === 0) return;
  const services = await director.services();
  const places = grouped(sockets, ({ address, port }) => endpoint(address, port));
  for (const [where, there] of places) {
    const descriptors = there.map(({ descriptor }) => descriptor);
    const which = `descriptor${descriptors.length === 1 ? '' : 's'} ${descriptors.join(', ')}`;
    const service = services.find((one) => placeOf(one) === where);
    if (service?.engine === 'net')
      log.info(`${service.id} listens on what was passed: ${which}`);
    else
      log.warn(
        `Nobody listens on ${where}, which was passed (${which}): ${why(service)}`,
      );
  }
}

function why(service: ServiceStatus | undefined): string {
  return service
    ? `${service.id} is carried by ${service.engine}, which takes clients before they come to a socket`
    : 'no virtual service for TCP has this address and port; it is kept for a reload that brings one';
}

function placeOf({ protocol, address, port }: ServiceStatus): string | undefined {
  if (protocol !== 'tcp' || address === null || port === null) return undefined;
  return endpoint(canonical(address), port);
}
