import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Both ends of a connection have closed it, or one has and the other is not heard of any more. */
const STATES = ['time_wait', 'fin_wait'] as const;
/** Seconds, where nobody has set another. Source: Documentation/networking/nf_conntrack-sysctl.rst. */
const USUAL = 120;

/** For how long a table that has replaced addresses stays behind the last connection that needed it:
 *  until connection tracking has forgotten that one. Without any table the kernel tracks nothing, and
 *  does not notice that a client begins another connection from the same port. As soon as a table comes
 *  again it takes the packets of that one for those of the old: it sends them where that was led, and
 *  gives what goes to the client another port (observed, Linux 6.18). */
export class Afterlife {
  readonly #proc: string;
  #usedAt = performance.now();

  /** @param proc  where procfs is mounted */
  constructor(proc: string) {
    this.#proc = proc;
  }

  /** Somebody needs the table. */
  used(): void {
    this.#usedAt = performance.now();
  }

  /** Whether nothing needs the table any more.
   *  @param open  connections that do */
  async isOver(open: number): Promise<boolean> {
    if (open > 0) {
      this.used();
      return false;
    }
    const seconds = await Promise.all(STATES.map((state) => this.#timeout(state)));
    return performance.now() - this.#usedAt >= Math.max(...seconds) * 1000;
  }

  async #timeout(state: string): Promise<number> {
    const name = `sys/net/netfilter/nf_conntrack_tcp_timeout_${state}`;
    const text = await readFile(join(this.#proc, name), 'latin1').catch(() => '');
    return /^\d+$/.test(text.trim()) ? Number(text) : USUAL;
  }
}
