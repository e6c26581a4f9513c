import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Clients, Hold } from '../clients.ts';
import type { Asker } from '../routes.ts';
import type { Caller, Room } from './command.ts';
import { execute } from './execute.ts';
import { commandsIn } from './lexer.ts';

const SILENCE_MS = 10_000;
const LONGEST_LINE = 16 << 10;
const PROMPT = '> ';
/** What a terminal would obey, tabs and line ends aside. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** What a session works with. */
export interface SessionParties {
  readonly room: Room;
  readonly clients: Clients;
  readonly asker: Asker;
}

/** One client that speaks in lines, as HAProxy's socket does: each command of a line is answered with
 *  its text and an empty line, and then the connection closes; after `prompt` it stays, and `> ` says
 *  that it waits. What is not understood is an answer too. Source: HAProxy 2.6, observed. */
export class LineSession {
  readonly #client: Socket;
  readonly #parties: SessionParties;
  readonly #gone = new AbortController();
  #unread = '';
  #working = false;
  #ended = false;
  #interactive = false;
  /** Lines up to an empty one are the payload of a command that takes none. */
  #payload = false;
  #silenceMs = SILENCE_MS;
  /** Of the command that runs, or was the last one. */
  #running: AbortController | undefined;
  /** The same, if it waits. */
  #enough: AbortController | undefined;
  /** A key ends it; what else waits is not ended by what comes, which is for later. */
  #follows = false;

  constructor(client: Socket, parties: SessionParties) {
    this.#client = client;
    this.#parties = parties;
    client.setEncoding('utf8');
    client.on('data', (text: string) => this.#take(text));
    client.on('end', () => {
      this.#ended = true;
      this.#enough?.abort();
      if (!this.#working) client.end();
    });
    client.on('close', () => {
      this.#gone.abort();
      this.#running?.abort();
    });
  }

  #take(text: string): void {
    if (this.#enough && this.#follows) {
      this.#enough.abort();
      return;
    }
    this.#unread += text;
    if (this.#working) {
      if (this.#unread.length > LONGEST_LINE) this.#client.pause();
      return;
    }
    if (this.#unread.includes('\n')) void this.#work();
    else if (this.#unread.length > LONGEST_LINE) this.#client.destroy();
  }

  /** Answers every line that is there, one after the other. */
  async #work(): Promise<void> {
    const { clients } = this.#parties;
    if (!clients.serve(this.#client)) return;
    this.#working = true;
    this.#client.pause();
    for (let line = this.#next(); line !== undefined; line = this.#next())
      if (!(await this.#answer(line))) return this.#end();
    this.#working = false;
    if (!this.#interactive || this.#ended) return this.#end();
    clients.rest(this.#client);
    this.#client.resume();
  }

  /** One who has all it asked for and does not go keeps nobody out. */
  #end(): void {
    const { clients } = this.#parties;
    clients.sent(this.#client);
    this.#client.end(() => clients.rest(this.#client));
  }

  /** @returns undefined when none is whole, or nobody is there to be answered */
  #next(): string | undefined {
    const end = this.#unread.indexOf('\n');
    if (end < 0 || this.#client.destroyed) return undefined;
    const line = this.#unread.slice(0, end).replace(/\r$/, '');
    this.#unread = this.#unread.slice(end + 1);
    return line;
  }

  /** @returns false when that was the end */
  async #answer(line: string): Promise<boolean> {
    if (this.#payload) {
      this.#payload = line !== '';
      return true;
    }
    this.#payload = /(?:^|\s)<<$/.test(line);
    for (const words of commandsIn(line)) {
      // Thousands of commands in a line are carried out beside all else, and not for one who has gone.
      await turn();
      if (this.#client.destroyed) return false;
      const [first] = words;
      if (first === 'quit') return false;
      if (first === 'prompt') this.#toggle();
      await this.#say(first === 'prompt' ? '' : await this.#run(words));
      await this.#say(this.#interactive ? `\n${PROMPT}` : '\n');
    }
    return true;
  }

  #toggle(): void {
    this.#interactive = !this.#interactive;
    if (this.#interactive) this.#parties.clients.stay(this.#client, this.#silenceMs);
  }

  async #run(words: readonly string[]): Promise<string> {
    const { room, clients, asker } = this.#parties;
    const stop = new AbortController();
    this.#running = stop;
    const caller: Caller = {
      mayChange: asker.mayChange,
      by: () => asker.name(),
      patience: (ms) => {
        this.#silenceMs = ms;
        if (this.#interactive) clients.stay(this.#client, ms);
      },
      hold: (as) => this.#hold(as, stop),
      say: (text) => this.#say(text),
      enough: stop.signal,
    };
    const answer = await execute(words, room, caller);
    if (this.#enough) this.#release();
    return answer;
  }

  /** Lets a command wait: a follower until the client says something. */
  #hold(as: Hold, stop: AbortController): boolean {
    if (!this.#parties.clients.hold(this.#client, as)) return false;
    this.#enough = stop;
    this.#follows = as === 'follower';
    // A key may have come in one piece with the command.
    const isEnough = this.#follows && this.#unread !== '';
    if (isEnough) this.#unread = '';
    if (isEnough || this.#ended) stop.abort();
    this.#client.resume();
    return true;
  }

  #release(): void {
    const { clients } = this.#parties;
    this.#enough = undefined;
    this.#client.pause();
    clients.release(this.#client);
    if (this.#interactive) clients.stay(this.#client, this.#silenceMs);
  }

  async #say(text: string): Promise<void> {
    const { clients } = this.#parties;
    if (text === '' || this.#client.destroyed) return;
    if (this.#client.write(text.replace(CONTROLS, '?'))) return;
    clients.sent(this.#client);
    await once(this.#client, 'drain', { signal: this.#gone.signal }).catch(() => {});
    clients.serve(this.#client);
  }
}
