import { Afterlife } from '../../afterlife.ts';
import { type Gate, openConnections } from '../listening/let-in.ts';
import { nft } from './nft.ts';
import { type Capture, captureScript, captureTable } from './rules.ts';

/** From one look at the kernel to the next. */
const LOOK_MS = 5000;

/** The one table that leads clients to private ports. It is rewritten whole, looked after, and taken
 *  over from a run that was killed. Where nothing is to be led any more it stays for the last
 *  connection that was, since without it the kernel would not know whose packets these are, and until
 *  the kernel has forgotten that one. At {@link close} it goes. */
export class CaptureTable {
  readonly #name: string;
  readonly #proc: string;
  readonly #changed: () => void;
  /** What it should lead. */
  #captures: readonly Capture[] = [];
  /** Whether the kernel may hold it. */
  #standing = false;
  /** What the kernel was told last, and how that reads back. */
  #script = '';
  #listing = '';
  /** Why the kernel is not as it should be. */
  #problem: string | undefined;
  /** Private ports to which it has led clients since it stands. */
  readonly #gates = new Map<string, Gate>();
  readonly #afterlife: Afterlife;
  #timer: NodeJS.Timeout | undefined;
  /** One after the other. */
  #turn: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param proc     where procfs is mounted
   *  @param changed  {@link problem} is another, though nobody asked for anything */
  constructor(instance: string, proc: string, changed: () => void) {
    this.#name = captureTable(instance);
    this.#proc = proc;
    this.#afterlife = new Afterlife(proc);
    this.#changed = changed;
  }

  /** Why clients are not led, with the mend. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether an earlier run has left it. */
  async left(): Promise<boolean> {
    const stands = await this.#stands();
    this.#standing ||= stands;
    return stands;
  }

  /** Leads these, and nothing else. */
  async lead(captures: readonly Capture[]): Promise<void> {
    this.#captures = captures;
    // What failed is tried again in its own time: whoever waits here has others to serve.
    if (this.#isTold()) return;
    await this.#inTurn(() => this.#converge());
  }

  /** @returns why it could not be removed */
  async close(): Promise<string | undefined> {
    this.#closed = true;
    clearTimeout(this.#timer);
    let why: string | undefined;
    await this.#inTurn(async () => {
      why = await this.#remove();
    });
    return why && `The table inet ${this.#name} could not be removed: ${why}`;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work);
    return this.#turn;
  }

  #isTold(): boolean {
    if (this.#captures.length === 0 && !this.#standing) return true;
    return this.#script === captureScript(this.#name, this.#captures);
  }

  async #converge(): Promise<void> {
    if (this.#closed || this.#isTold()) return;
    if (this.#captures.length === 0) await this.#retire();
    else await this.#write();
    this.#watch();
  }

  async #write(): Promise<void> {
    const script = captureScript(this.#name, this.#captures);
    [this.#script, this.#standing] = [script, true];
    for (const { address, listensAt: port } of this.#captures)
      this.#gates.set(`${address} ${port}`, { protocol: 'tcp', address, port });
    const { ok, problem } = await nft(script);
    this.#problem = ok ? undefined : problem;
    this.#listing = ok ? await this.#read() : '';
  }

  /** Nothing is led any more, which comes first: whoever is led while the table goes would never hear
   *  of us again. */
  async #retire(): Promise<void> {
    this.#problem = undefined;
    if (!this.#standing) return;
    if (!this.#isTold()) {
      await this.#write();
      this.#afterlife.used();
    }
    const open = await openConnections([...this.#gates.values()], this.#proc);
    if (await this.#afterlife.isOver(open)) await this.#remove();
  }

  /** @returns why it still stands */
  async #remove(): Promise<string | undefined> {
    if (!this.#standing) return undefined;
    const { ok, problem } = await nft(
      `table inet ${this.#name}\ndelete table inet ${this.#name}\n`,
    );
    this.#script = '';
    this.#standing = !ok && (await this.#stands());
    if (this.#standing) return problem;
    this.#gates.clear();
    return undefined;
  }

  async #stands(): Promise<boolean> {
    return (await nft(`list chain inet ${this.#name} output\n`)).ok;
  }

  async #read(): Promise<string> {
    return (await nft(`list table inet ${this.#name}\n`)).output;
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#closed || !(this.#standing || this.#captures.length > 0)) return;
    this.#timer = setTimeout(() => void this.#inTurn(() => this.#look()), LOOK_MS);
  }

  /** What others have done to the table is mended; what failed is tried again. */
  async #look(): Promise<void> {
    if (this.#closed) return;
    const before = this.#problem;
    if (this.#captures.length === 0) await this.#retire();
    else if (before !== undefined || (await this.#read()) !== this.#listing)
      await this.#write();
    if (before !== this.#problem) this.#changed();
    this.#watch();
  }
}
