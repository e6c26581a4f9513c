import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { pieces } from '../support/exchange.ts';
import { type Situation, spoken } from './words.ts';

/** What a hostile server does with one connection. */
export interface Talk {
  /** The first at once, each other when the client has said something, or nothing for a moment. */
  readonly says: readonly string[];
  /** Where what it says is cut into packets. */
  readonly cuts: readonly number[];
  /** What comes then; `flood`: bytes without end. */
  readonly end: 'end' | 'reset' | 'stay' | 'flood';
}

const MOMENT_MS = 5;
const FLOOD = 'x'.repeat(16_384);
/** Far more than buffers on the way hold. */
const MOST_FLOOD = 64 << 20;

/** Plays talks to whoever comes, over TCP and UDP of one port. */
export class HostileServer implements AsyncDisposable {
  readonly host: string;
  readonly #secret: string;
  readonly #tcp: Server;
  readonly #udp: UdpSocket;
  readonly #clients = new Set<Socket>();
  #talks: readonly Talk[] = [];
  #met = 0;
  /** A client took a whole flood. */
  drowned = false;

  private constructor(host: string, secret: string) {
    this.host = host;
    this.#secret = secret;
    this.#tcp = createServer(
      { allowHalfOpen: true, noDelay: true },
      (client) => void this.#serve(client),
    );
    this.#udp = createSocket('udp4', (heard, from) => {
      const talk = this.#next();
      const text = talk?.says.find((say) => say !== '');
      if (text === undefined) return;
      const said = Buffer.from(spoken(text, this.#situation(heard)), 'latin1');
      this.#udp.send(said.subarray(0, 60_000), from.port, from.address);
    });
    this.#udp.on('error', () => {});
  }

  /** @param host    of loopback
   *  @param secret  that it has in common with its clients */
  static async open(host: string, secret: string): Promise<HostileServer> {
    const server = new HostileServer(host, secret);
    await once(server.#tcp.listen(0, host), 'listening');
    server.#udp.bind(server.port, host);
    await once(server.#udp, 'listening');
    return server;
  }

  get port(): number {
    const at = this.#tcp.address();
    return typeof at === 'object' && at ? at.port : 0;
  }

  /** For the connections to come: the last talk for all further ones. */
  play(talks: readonly Talk[]): void {
    for (const client of this.#clients) client.destroy();
    this.#talks = talks;
    this.#met = 0;
    this.drowned = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.play([]);
    this.#udp.close();
    this.#tcp.close();
    await once(this.#tcp, 'close');
  }

  #next(): Talk | undefined {
    return this.#talks[Math.min(this.#met++, this.#talks.length - 1)];
  }

  #situation(heard: Buffer): Situation {
    const { port } = this;
    return { heard, port, place: `${this.host}:${port}`, secret: this.#secret };
  }

  async #serve(client: Socket): Promise<void> {
    const talk = this.#next();
    this.#clients.add(client);
    client.on('error', () => {});
    client.on('close', () => this.#clients.delete(client));
    if (!talk) return void client.destroy();
    const ear = new Ear(client);
    for (const [n, say] of talk.says.entries()) {
      if (n > 0) await ear.next();
      const said = spoken(say, this.#situation(ear.heard));
      for (const piece of pieces(said, talk.cuts)) {
        if (client.destroyed) return;
        client.write(piece, 'latin1');
        await turn();
      }
    }
    if (talk.end === 'end') client.end();
    if (talk.end === 'reset') client.resetAndDestroy();
    if (talk.end === 'flood') await this.#flood(client);
  }

  async #flood(client: Socket): Promise<void> {
    for (let sent = 0; !client.destroyed; sent += FLOOD.length) {
      if (sent > MOST_FLOOD) {
        this.drowned = true;
        return void client.destroy();
      }
      if (!client.write(FLOOD))
        await Promise.race([once(client, 'drain'), once(client, 'close')]).catch(
          () => {},
        );
    }
  }
}

/** Hears what a client says. */
class Ear {
  heard: Buffer = Buffer.alloc(0);
  #wake = () => {};
  #isNew = false;

  constructor(client: Socket) {
    client.on('data', (bytes: Buffer) => {
      this.heard = bytes;
      this.#isNew = true;
      this.#wake();
    });
    client.on('close', () => this.#wake());
  }

  /** Something that was not heard before, or a moment without. */
  async next(): Promise<void> {
    if (!this.#isNew)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, MOMENT_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#isNew = false;
  }
}
