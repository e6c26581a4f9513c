import { endpoint } from '../../../model/address.ts';
import type { ServiceTable } from '../../../model/engine.ts';
import { NOTHING_LISTED } from '../../../model/listed.ts';
import type { Connection, ConnectionFilter, Listed } from '../../../model/traffic.ts';
import { Turns } from '../../turns.ts';
import type { Flow } from '../picking/conntrack-line.ts';
import { flowsOf } from './conntrack-list.ts';
import { isMeant, type Owner, Owners, selections } from './owners.ts';
import {
  isName,
  isOver,
  nameOf,
  type TrackedFlow,
  trackedFlow,
} from './tracked-flow.ts';

/** Programs at once. */
const AT_ONCE = 4;
/** Each is a program that goes through all that the kernel tracks. */
const MOST_GROUPS = 1000;

interface Parties {
  /** conntrack, and words before it. */
  readonly program: readonly string[];
  /** What is in force. */
  table(): ServiceTable;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** The connections that the kernel leads to servers, by its connection tracking. None is held but those
 *  that are listed. */
export class Connections {
  readonly #parties: Parties;
  /** One at a time, whoever asks: each goes through all that the kernel tracks. */
  readonly #readings = new Turns();

  constructor(parties: Parties) {
    this.#parties = parties;
  }

  /** @throws Error in words for the operator */
  async list(filter: ConnectionFilter, most: number): Promise<Listed<Connection>> {
    if (isForeign(filter)) return NOTHING_LISTED;
    const items: Connection[] = [];
    let total = 0;
    await this.#each(filter, (flow, line, owner) => {
      total++;
      if (items.length < most) items.push(described(trackedFlow(flow, line), owner));
    });
    return { items, total };
  }

  /** Has the kernel forget them, and what is over and went the same way, which is not counted.
   *  @throws Error in words for the operator */
  async end(filter: ConnectionFilter): Promise<number> {
    if (isForeign(filter)) return 0;
    const groups = new Map<string, readonly string[]>();
    await this.#each(filter, (flow, line) => {
      const one = filter.id === undefined ? [] : clientWords(trackedFlow(flow, line));
      const words = [...wayWords(flow), ...one];
      if (groups.size <= MOST_GROUPS) groups.set(words.join(' '), words);
    });
    if (groups.size > MOST_GROUPS)
      throw new Error(
        `clients have asked for more than ${MOST_GROUPS} places there: end the connections of one service and real server at a time`,
      );
    return this.#delete([...groups.values()]);
  }

  async #each(
    filter: ConnectionFilter,
    visit: (flow: Flow, line: string, owner: Owner) => void,
  ): Promise<void> {
    const { program, table, signal } = this.#parties;
    const owners = new Owners(table());
    const isNamed = (flow: Flow, line: string) =>
      filter.id === undefined || filter.id === nameOf(trackedFlow(flow, line));
    const hear = (flow: Flow, line: string) => {
      const owner = owners.of(flow);
      if (!owner || isOver(flow, line)) return;
      if (isMeant(owner, filter) && isNamed(flow, line)) visit(flow, line, owner);
    };
    await this.#readings.take(async () => {
      for (const words of selections(owners.matching(filter)))
        await flowsOf([...program, ...LIST, ...words], hear, signal);
    });
  }

  async #delete(groups: (readonly string[])[]): Promise<number> {
    const { program, signal } = this.#parties;
    let ended = 0;
    const hear = (flow: Flow, line: string) => {
      if (!isOver(flow, line)) ended++;
    };
    const work = async () => {
      for (let words = groups.shift(); words; words = groups.shift())
        await flowsOf([...program, ...DELETE, ...words], hear, signal);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return ended;
  }
}

const LIST = ['-L', '-o', 'id', '--dst-nat'];
const DELETE = ['-D', '-o', 'id'];

/** It names no connection of ours. */
function isForeign({ id }: ConnectionFilter): boolean {
  return id !== undefined && !isName(id);
}

/** All that go the same way. Source: conntrack(8). */
function wayWords({
  protocol,
  address,
  port,
  server,
  serverPort,
}: Flow): readonly string[] {
  return [
    ...['-f', address.includes(':') ? 'ipv6' : 'ipv4', '-p', protocol],
    ...['--orig-dst', address, '--orig-port-dst', String(port)],
    ...['--reply-src', server, '--reply-port-src', String(serverPort)],
  ];
}

/** That one of them. */
function clientWords({ client, clientPort }: TrackedFlow): readonly string[] {
  return ['--orig-src', client, '--orig-port-src', String(clientPort)];
}

function described(flow: TrackedFlow, { service, server }: Owner): Connection {
  const { client, clientPort, protocol, state, ageSeconds, bytesIn, bytesOut } = flow;
  return {
    id: nameOf(flow),
    service: service.id,
    server: server.id,
    client: endpoint(client, clientPort),
    protocol,
    state: state === 'over' ? 'closing' : state,
    since:
      ageSeconds === null
        ? null
        : new Date(Date.now() - ageSeconds * 1000).toISOString(),
    bytesIn,
    bytesOut,
  };
}
