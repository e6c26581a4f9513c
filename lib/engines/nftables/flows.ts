import type { ServerEntry } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { runChild, wordsOf } from '../child.ts';
import { bare } from './names.ts';

/** A server whose connections through a service are to end; the service's own address for those that
 *  were led nowhere. */
export interface Dismissal {
  readonly service: VirtualService;
  readonly server: Pick<ServerEntry, 'address' | 'port'>;
  /** Ports that clients asked other services for. */
  readonly except: ReadonlySet<number>;
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
  const flows = selection(dismissal);
  if (flows === undefined) return undefined;
  const [program = '', ...words] = [...enter, 'conntrack'];
  const run = (verb: string, ...more: readonly string[]) =>
    conntrack(program, [...words, verb, ...flows, ...more]);
  if (dismissal.except.size === 0) return (await run('-D')).problem;
  const { problem, output } = await run('-L');
  if (problem !== undefined) return problem;
  for (const port of portsIn(output)) {
    if (dismissal.except.has(port)) continue;
    const { problem } = await run('-D', '--orig-port-dst', String(port));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

interface Said {
  readonly problem: string | undefined;
  readonly output: string;
}

async function conntrack(program: string, words: readonly string[]): Promise<Said> {
  const ended = await runChild(program, words, { input: '', ms: TIMEOUT_MS });
  // It exits with 1 when there was none.
  if (ended.how === 'exit' && (ended.status === 0 || NONE.test(ended.stderr)))
    return { problem: undefined, output: ended.stdout };
  return { problem: wordsOf(ended).split('\n').at(-1) ?? '', output: '' };
}

/** What clients asked for: the first that stands in a line. */
function portsIn(listing: string): ReadonlySet<number> {
  const lines = listing.split('\n');
  return new Set(
    lines.flatMap((line) => {
      const port = /\bdport=(\d+)/.exec(line)?.[1];
      return port === undefined ? [] : [Number(port)];
    }),
  );
}

/** Source: conntrack(8). */
function selection({ service, server }: Dismissal): string[] | undefined {
  const { protocol, address = '', port } = service;
  if (protocol === 'fwm') return undefined;
  const family = service.family === 'inet' ? 'ipv4' : 'ipv6';
  const ports = port
    ? ['--orig-port-dst', String(port), '--reply-port-src', String(server.port)]
    : [];
  const between = ['--orig-dst', bare(address), '--reply-src', bare(server.address)];
  return ['-f', family, '-p', protocol, ...between, ...ports];
}
