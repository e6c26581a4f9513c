import type { ServerEntry } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { runChild, wordsOf } from '../child.ts';
import { bare } from './names.ts';

/** A server whose connections through a service are to end; the service's own address for those that
 *  were led nowhere. */
export interface Dismissal {
  readonly service: VirtualService;
  readonly server: Pick<ServerEntry, 'address' | 'port'>;
}

/** It goes through all that the kernel tracks. */
const TIMEOUT_MS = 30_000;
const NONE = /\b0 flow entries have been deleted/;

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
  const [program = '', ...words] = [...enter, 'conntrack', ...args];
  const ended = await runChild(program, words, { input: '', ms: TIMEOUT_MS });
  // It exits with 1 when there was none.
  if (ended.how === 'exit' && (ended.status === 0 || NONE.test(ended.stderr)))
    return undefined;
  return wordsOf(ended).split('\n').at(-1) ?? '';
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
