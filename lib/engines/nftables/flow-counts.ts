import type { Flow, FlowEvent } from './picking/conntrack-line.ts';

/** The connections of one server of one service. */
export interface Tally {
  readonly active: Side;
  readonly inactive: Side;
  /** Connections whose beginning was told of: one that was lost is missing. Never falls. */
  opened: number;
  /** TCP connections in a row that ended, or were met first in a dump, without an answer of the
   *  server. */
  silent: number;
}

interface Side {
  connections: number;
}

export function createTally(): Tally {
  return {
    active: { connections: 0 },
    inactive: { connections: 0 },
    opened: 0,
    silent: 0,
  };
}

/** Takes what is told of flows, in any order that events and a dump may have. */
export interface FlowSink {
  event(event: FlowEvent): void;
  /** A dump begins; one that goes on is given up. */
  begin(): void;
  /** The dump is complete: flows that neither it nor an event since its begin told of are gone. */
  end(): void;
  /** The dump is given up: what it told stays, nothing is taken away. */
  abandon(): void;
}

export interface FlowCounts extends FlowSink {
  /** Flows that are counted. */
  readonly size: number;
  /** Flows that were left out, since so many were counted already; never falls. */
  readonly leftOut: number;
}

/** Some 40 bytes each. */
const MOST_FLOWS = 1_000_000;

/** Counts flows by their state. Events win over a dump that was begun before them, since they are
 *  later than it or will be followed by one that is.
 *  @param tallyOf  whose the flow is; undefined: nobody's, it is not counted. Asked at every event:
 *                  after a change flows move at their next event or dump
 *  @param limit    flows that are remembered at most */
export function createFlowCounts(
  tallyOf: (flow: Flow) => Tally | undefined,
  limit: number = MOST_FLOWS,
): FlowCounts {
  const flows = new Map<number, Side>();
  let leftOut = 0;
  let dump: Dump | undefined;

  function put(id: number, side: Side | undefined): void {
    const old = flows.get(id);
    if (old === side) return;
    if (side && !old && flows.size >= limit) {
      leftOut++;
      return;
    }
    if (old) old.connections--;
    if (!side) flows.delete(id);
    else {
      side.connections++;
      flows.set(id, side);
    }
  }

  return {
    get size() {
      return flows.size;
    },
    get leftOut() {
      return leftOut;
    },
    event({ kind, flow }) {
      if (kind === 'known' && dump?.told.has(flow.id)) return;
      dump?.tell(flow.id);
      const tally = tallyOf(flow);
      const wasMet = kind === 'known' && flows.has(flow.id);
      const side = flow.active ? tally?.active : tally?.inactive;
      put(flow.id, kind === 'destroy' ? undefined : side);
      if (tally && (flow.answered || !wasMet)) note(tally, kind, flow);
    },
    begin() {
      dump = new Dump(2 * limit);
    },
    end() {
      if (dump && !dump.overrun)
        for (const id of flows.keys()) if (!dump.told.has(id)) put(id, undefined);
      dump = undefined;
    },
    abandon() {
      dump = undefined;
    },
  };
}

function note(tally: Tally, kind: FlowEvent['kind'], flow: Flow): void {
  if (kind === 'new') tally.opened++;
  if (flow.answered) tally.silent = 0;
  else if (flow.protocol === 'tcp' && (kind === 'destroy' || kind === 'known'))
    tally.silent++;
}

/** What was told since a dump began. One that was told of too much cannot say who is gone. */
class Dump {
  readonly told = new Set<number>();
  overrun = false;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  tell(id: number): void {
    if (this.told.size < this.#limit) this.told.add(id);
    else this.overrun = true;
  }
}
