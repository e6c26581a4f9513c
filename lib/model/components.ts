/** What a walk knows of a node that it came to. */
interface Visit<N> {
  readonly node: N;
  /** How many were come to before. */
  readonly order: number;
  /** The least of those that it leads back to. */
  low: number;
  /** Where it stands among those that have no component yet. */
  readonly place: number;
  isOpen: boolean;
  readonly ways: Iterator<N>;
}

type Next<N> = (node: N) => Iterable<N>;

/** The parts of a graph in which each node leads to each other one (its strongly connected components): what is on a
 *  cycle is in one of them, and each node of one is on a cycle. Follows each edge once.
 *  @param nodes  where to begin
 *  @param next   those that the node leads to; a node is the same object each time
 *  @returns      those of more than one node */
export function components<N>(
  nodes: Iterable<N>,
  next: Next<N>,
): readonly (readonly N[])[] {
  const walk = new Walk(next);
  for (const node of nodes) walk.from(node);
  return walk.found;
}

/** Tarjan's, without recursion: a chain may be long. */
class Walk<N> {
  readonly found: (readonly N[])[] = [];
  readonly #next: Next<N>;
  readonly #visits = new Map<N, Visit<N>>();
  /** Those that have no component yet. */
  readonly #open: Visit<N>[] = [];
  /** From where the walk began to where it is. */
  readonly #path: Visit<N>[] = [];

  constructor(next: Next<N>) {
    this.#next = next;
  }

  from(root: N): void {
    if (!this.#visits.has(root)) this.#enter(root);
    for (let visit = this.#path.at(-1); visit; visit = this.#path.at(-1)) {
      const { value, done } = visit.ways.next();
      if (done) this.#leave(visit);
      else this.#see(visit, value);
    }
  }

  #enter(node: N): void {
    const order = this.#visits.size;
    const ways = this.#next(node)[Symbol.iterator]();
    const place = this.#open.length;
    const visit = { node, order, low: order, place, isOpen: true, ways };
    this.#visits.set(node, visit);
    this.#open.push(visit);
    this.#path.push(visit);
  }

  #see(visit: Visit<N>, node: N): void {
    const known = this.#visits.get(node);
    if (!known) this.#enter(node);
    else if (known.isOpen) visit.low = Math.min(visit.low, known.order);
  }

  /** All that it leads to was come to. Where none of that leads back before it, a component begins with it. */
  #leave(visit: Visit<N>): void {
    this.#path.pop();
    const before = this.#path.at(-1);
    if (before) before.low = Math.min(before.low, visit.low);
    if (visit.low < visit.order) return;
    const members = this.#open.splice(visit.place);
    for (const member of members) member.isOpen = false;
    if (members.length > 1) this.found.push(members.map(({ node }) => node));
  }
}
