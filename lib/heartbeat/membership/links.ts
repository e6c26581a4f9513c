/** A way to another node has come or gone. */
export interface LinkChange {
  readonly node: string;
  readonly link: string;
  readonly isUp: boolean;
}

interface Link {
  readonly node: string;
  readonly name: string;
  heardAt: number | undefined;
  isUp: boolean;
}

/** By which media the other nodes are heard: any message counts, not status alone.
 *  Source: observed on Heartbeat 3.0.6. */
export class Links {
  readonly #links: readonly Link[];
  readonly #deadAfterMs: number;

  /** @param names  of all media
   *  @param deadAfterMs  so long a silence is borne, milliseconds */
  constructor(nodes: readonly string[], names: readonly string[], deadAfterMs: number) {
    this.#deadAfterMs = deadAfterMs;
    this.#links = nodes.flatMap((node) =>
      [...new Set(names)].map((name) => ({
        node,
        name,
        heardAt: undefined,
        isUp: false,
      })),
    );
  }

  get nextAt(): number {
    const dead = this.#links.map((link) => this.#deadAt(link));
    return Math.min(Number.POSITIVE_INFINITY, ...dead);
  }

  of(node: string): readonly { readonly name: string; readonly isUp: boolean }[] {
    return this.#links
      .filter((link) => link.node === node)
      .map(({ name, isUp }) => ({ name, isUp }));
  }

  /** @returns undefined: it was up already, or is none of these */
  hear(node: string, name: string, now: number): LinkChange | undefined {
    const link = this.#links.find((one) => one.node === node && one.name === name);
    if (!link) return undefined;
    link.heardAt = now;
    if (link.isUp) return undefined;
    link.isUp = true;
    return { node, link: name, isUp: true };
  }

  /** This node stood still: none is dead before that time for what it has not heard meanwhile. */
  excuse(until: number): void {
    for (const link of this.#links)
      if (link.heardAt !== undefined)
        link.heardAt = Math.max(link.heardAt, until - this.#deadAfterMs);
  }

  look(now: number): readonly LinkChange[] {
    const dead = this.#links.filter((link) => this.#deadAt(link) <= now);
    return dead.map((link) => {
      link.isUp = false;
      return { node: link.node, link: link.name, isUp: false };
    });
  }

  #deadAt({ isUp, heardAt }: Link): number {
    return isUp && heardAt !== undefined
      ? heardAt + this.#deadAfterMs
      : Number.POSITIVE_INFINITY;
  }
}
