import type { ServerEntry } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { bare } from './names.ts';
import { runProgram } from './program.ts';

/** A server whose connections through a service are to end; the service's own address for those that
 *  were led nowhere. */
export interface Dismissal {
  readonly service: VirtualService;
  readonly server: Pick<ServerEntry, 'address' | 'port'>;
}

/** Makes the kernel forget the connections that the service has to the server, and no others: the next
 *  packet of a client finds none, and is answered by a reset. What a mark brought there cannot
 *  be told from other connections to that server, and stays.
 *  @param enter  words before the program's
 *  @returns what went wrong, in words; undefined: nothing */
export async function endFlows(
  dismissal: Dismissal,
  enter: readonly string[],
): Promise<string | undefined> {
  const args = deletion(dismissal);
  if (args === undefined) return undefined;
  const { code, words } = await runProgram([...enter, 'conntrack', ...args]);
  // It exits with 1 when there was none.
  if (code === 0 || /\b0 flow entries have been deleted/.test(words)) return undefined;
  return words.trim().split('\n').at(-1) ?? '';
}

/** Source: conntrack(8). */
function deletion({ service, server }: Dismissal): string[] | undefined {
  const { protocol, address = '', port } = service;
  if (protocol === 'fwm') return undefined;
  const family = service.family === 'inet' ? 'ipv4' : 'ipv6';
  const ports = port
    ? ['--orig-port-dst', String(port), '--reply-port-src', String(server.port)]
    : [];
  const between = ['--orig-dst', bare(address), '--reply-src', bare(server.address)];
  return ['-D', '-f', family, '-p', protocol, ...between, ...ports];
}
