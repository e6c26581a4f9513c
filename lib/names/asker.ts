import type { DnsOptions, DnsServer } from '../model/reals-from.ts';
import { reasonOf } from '../model/reason.ts';
import type { Answer, Question } from './question.ts';

/** Asks one server; rejects saying whom and what of. */
export type AskServer = (
  server: DnsServer,
  question: Question,
  timeoutMs: number,
  end: AbortSignal,
) => Promise<Answer>;

/** More questions than that are not on their way at once: each is a socket. */
const MOST_AT_ONCE = 32;

/** Asks name servers, one after the other until one can tell. It begins with the one that could the last time,
 *  so that one that is dead costs its timeout once. */
export class Asker {
  readonly #ask: AskServer;
  readonly #hostServers: () => readonly DnsServer[];
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #first: DnsServer | undefined;

  /** @param hostServers  those of /etc/resolv.conf */
  constructor(ask: AskServer, hostServers: () => readonly DnsServer[]) {
    this.#ask = ask;
    this.#hostServers = hostServers;
  }

  /** @throws Error in words: what each server did */
  async ask(
    question: Question,
    { servers, timeoutMs }: Pick<DnsOptions, 'servers' | 'timeoutMs'>,
    end: AbortSignal,
  ): Promise<Answer> {
    if (this.#running < MOST_AT_ONCE) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.#askInTurn(question, servers, timeoutMs, end);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  async #askInTurn(
    question: Question,
    configured: readonly DnsServer[],
    timeoutMs: number,
    end: AbortSignal,
  ): Promise<Answer> {
    const servers = configured.length > 0 ? configured : this.#hostServers();
    const failures: string[] = [];
    for (const server of fromFirst(servers, this.#first)) {
      end.throwIfAborted();
      try {
        const answer = await this.#ask(server, question, timeoutMs, end);
        this.#first = server;
        return answer;
      } catch (error) {
        failures.push(reasonOf(error));
      }
    }
    throw new Error(failures.join('; ') || 'there is no name server to ask');
  }
}

/** All of them, in turn from that one on. */
function fromFirst(
  servers: readonly DnsServer[],
  first: DnsServer | undefined,
): readonly DnsServer[] {
  const at = servers.findIndex(
    ({ address, port }) => address === first?.address && port === first.port,
  );
  return at > 0 ? [...servers.slice(at), ...servers.slice(0, at)] : servers;
}
