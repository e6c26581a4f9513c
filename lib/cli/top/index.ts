import { setTimeout as delay } from 'node:timers/promises';
import { CALLS } from '../../control/calls.ts';
import { readStatus } from '../../control/client.ts';
import { EXIT } from '../../instance/launch.ts';
import { reasonOf } from '../../model/reason.ts';
import type { Context } from '../context.ts';
import { type Director, directorOf } from '../director.ts';
import { localTime } from '../local-time.ts';
import { styleOf } from '../show.ts';
import type { Look, Size } from './frame.ts';
import { createScreen, type TerminalScreen } from './screen.ts';
import { Session } from './session.ts';
import { type Terminal, takeTerminal } from './terminal.ts';
import type { Effect, Question } from './view.ts';

const LOOK_MS = 1_000;
const ANSWER_MS = 3_000;

/** `top`: the running director, looked at every second, until it is quit. */
export async function top(context: Context): Promise<number> {
  const { stdin, stdout } = process;
  if (!stdin.isTTY || !stdout.isTTY || process.env.TERM === 'dumb')
    throw new Error('top: expected a terminal; show prints the same once');
  const director = directorOf(context);
  const session = new Session(await director.status(), performance.now());
  return new Top(director, session).run();
}

/** The session's input and output. */
class Top {
  readonly #director: Director;
  readonly #session: Session;
  readonly #screen: TerminalScreen = createScreen(process.stdout);
  readonly #end = new AbortController();
  #exitCode: number = EXIT.done;
  #wake = new AbortController();

  constructor(director: Director, session: Session) {
    this.#director = director;
    this.#session = session;
  }

  async run(): Promise<number> {
    using terminal = takeTerminal({
      keys: (text) => this.#keys(text, terminal),
      resized: () => this.#anew(),
      taken: () => this.#screen.enter(),
      ended: (exitCode) => this.#finish(exitCode),
    });
    const drained = () => this.#draw();
    process.stdout.on('drain', drained);
    this.#draw();
    while (!this.#end.signal.aborted) {
      await this.#pause();
      await this.#look();
      this.#draw();
    }
    process.stdout.off('drain', drained);
    return this.#exitCode;
  }

  #finish(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#end.abort();
    this.#wake.abort();
  }

  /** Until the next look is due, or somebody cannot wait. */
  async #pause(): Promise<void> {
    if (this.#end.signal.aborted) return;
    this.#wake = new AbortController();
    const { signal } = this.#wake;
    await delay(LOOK_MS, undefined, { signal }).catch(() => {});
  }

  async #look(): Promise<void> {
    if (this.#end.signal.aborted) return;
    try {
      const asked = { timeoutMs: ANSWER_MS };
      const document = await readStatus(this.#director.socket, asked);
      this.#session.seen(document, performance.now());
    } catch (error) {
      this.#session.missed(reasonOf(error), performance.now());
    }
  }

  #keys(text: string, terminal: Terminal): void {
    const effects = this.#session.keys(text, sizeOf());
    this.#draw();
    for (const effect of effects) this.#do(effect, terminal);
  }

  #do(effect: Effect, terminal: Terminal): void {
    switch (effect.type) {
      case 'quit':
        this.#finish(EXIT.done);
        break;
      case 'suspend':
        terminal.suspend();
        break;
      case 'redraw':
        this.#anew();
        break;
      case 'change':
        void this.#change(effect.question);
    }
  }

  /** Tells what came of it, whatever that is. */
  async #change({ ref, wish, words }: Question): Promise<void> {
    this.#session.say(`${words} ...`);
    this.#draw();
    try {
      const { signal } = this.#end;
      const { warning } = await this.#director.ask(CALLS.change(ref, wish), { signal });
      this.#session.say(`${words}: ${warning ?? 'done'}`, warning !== undefined);
    } catch (error) {
      this.#session.say(`${words}: ${reasonOf(error)}`, true);
    }
    this.#draw();
    this.#wake.abort();
  }

  /** All of it, on a screen of which nothing is known. */
  #anew(): void {
    this.#screen.forget();
    this.#draw();
  }

  /** A terminal that does not take what it got gets no more until it has. */
  #draw(): void {
    if (this.#end.signal.aborted || process.stdout.writableNeedDrain) return;
    this.#screen.draw(this.#session.draw(sizeOf(), lookOf(), performance.now()));
  }
}

function sizeOf(): Size {
  const { columns, rows } = process.stdout;
  return { columns: columns || 80, rows: rows || 24 };
}

function lookOf(): Look {
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  const letters = LC_ALL || LC_CTYPE || LANG || '';
  return {
    colour: styleOf(process.stdout, process.env).colour,
    ascii: !/utf-?8/i.test(letters),
    clock: localTime(new Date().toISOString()).slice(-8),
  };
}
