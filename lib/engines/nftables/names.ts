import type { ServerEntry } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';

/** The one table that a director of that name has. Two directors on one host have two; any
 *  character that nft cannot read back is written as its code. */
export function tableName(instance: string): string {
  const plain = instance.replace(
    /[^A-Za-z0-9.-]/g,
    (char) => `_${char.codePointAt(0)?.toString(16)}_`,
  );
  return `l4director_${plain}`;
}

/** `tcp/10.1.1.19/80`, `udp/2001-db8--1/53`, `fwm/5`, of IPv6 `fwm6/5`: the service's chain, and the beginning of
 *  the name of all that is made for it. */
export function serviceName(
  service: Pick<VirtualService, 'protocol' | 'address' | 'port' | 'fwmark' | 'family'>,
): string {
  return service.protocol === 'fwm'
    ? `fwm${service.family === 'inet6' ? 6 : ''}/${service.fwmark}`
    : `${service.protocol}/${word(service.address ?? '')}/${service.port ?? 0}`;
}

/** `tcp/10.1.1.19/80/10.1.1.21/8080`: a server's chain, and its set of clients that persist. */
export function serverName(
  service: string,
  { address, port }: Pick<ServerEntry, 'address' | 'port'>,
): string {
  return `${service}/${word(address)}/${port}`;
}

/** `tcp/10.1.1.19/80/weights`: the chain that no packet comes to and that says what its servers weigh. */
export function weightsName(service: Parameters<typeof serviceName>[0]): string {
  return `${serviceName(service)}/weights`;
}

const OWNER = /^(?:fwm6?\/\d+|(?:tcp|udp)\/[^/]+\/\d+)(?=\/|$)/;

/** {@link serviceName} of the service that a thing was made for; undefined: for none. */
export function ownerOf(name: string): string | undefined {
  return OWNER.exec(name)?.[0];
}

/** Colons are no part of a name. */
function word(address: string): string {
  return bare(address).replaceAll(':', '-');
}

/** Without a zone: rules hold none. */
export function bare(address: string): string {
  return address.split('%')[0] ?? address;
}
