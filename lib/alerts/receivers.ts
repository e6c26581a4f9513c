import type { Agent } from 'node:http';
import { Gate } from './gate.ts';
import { createAgent } from './post.ts';

/** A server that webhooks post to, whoever shares it. */
export interface Receiver {
  /** Its connections. */
  readonly agent: Agent;
  readonly gate: Gate;
}

/** Requests to one server at a time. */
const MOST_AT_ONCE = 4;

/** The servers that the webhooks of all services post to. */
export class Receivers {
  readonly #known = new Map<string, Receiver>();

  /** @param ca  who trusts other authorities shares no connection */
  of(url: string, ca: string | undefined): Receiver {
    const { protocol, origin } = new URL(url);
    const key = `${origin} ${ca}`;
    const known = this.#known.get(key);
    if (known) return known;
    const receiver = { agent: createAgent(protocol), gate: new Gate(MOST_AT_ONCE) };
    this.#known.set(key, receiver);
    return receiver;
  }

  /** Forgets all of them: who still uses one goes on, and its connections end when they are idle. */
  forget(): void {
    this.#known.clear();
  }

  /** Closes all connections. */
  close(): void {
    for (const { agent } of this.#known.values()) agent.destroy();
    this.#known.clear();
  }
}
