interface Sent {
  readonly datagram: Buffer;
  sentAt: number;
}

/** What a peer gets that asks for messages again. */
export interface Reply {
  /** The bytes as they were. */
  readonly datagrams: readonly Buffer[];
  /** Their numbers. */
  readonly numbers: readonly number[];
  /** Numbers that are not kept any more. */
  readonly forgotten: readonly number[];
}

const KEPT = 500;
/** Nothing goes out twice within that time: a request may come over several media. */
const REST_MS = 240;
/** Of one request. */
const MOST = 50;

/** The last messages that this node has sent, for those who missed them.
 *  Source: observed on Heartbeat 3.0.6. */
export class History {
  readonly #sent = new Map<number, Sent>();
  #last = 0;

  /** The number of the next message: from 1 on. */
  next(): number {
    return ++this.#last;
  }

  /** @param seq  of {@link next} */
  add(seq: number, datagram: Buffer, now: number): void {
    this.#sent.set(seq, { datagram, sentAt: now });
    this.#sent.delete(seq - KEPT);
  }

  /** @param first  a number that a peer asks for, and `last`: who knows which */
  again(first: number, last: number, now: number): Reply {
    const datagrams: Buffer[] = [];
    const numbers: number[] = [];
    const forgotten: number[] = [];
    const end = Math.min(last, this.#last, first + MOST - 1);
    for (let seq = first; seq <= end; seq++) {
      const sent = this.#sent.get(seq);
      if (!sent) forgotten.push(seq);
      else if (now - sent.sentAt >= REST_MS) {
        sent.sentAt = now;
        datagrams.push(sent.datagram);
        numbers.push(seq);
      }
    }
    return { datagrams, numbers, forgotten };
  }

  /** Nobody gets again what was sent so far. */
  clear(): void {
    this.#sent.clear();
  }
}
