import type { Action } from './action.ts';
import type { Hold } from './hold.ts';

/** What the other node says of resources. */
export interface Heard {
  /** `starting`, `resource`, `ask_resources`, `hb_takeover`, `shutdone`, `ip-request`, `ip-request-resp`. */
  readonly type: string;
  readonly hold: Hold | undefined;
  /** `rtype=full`: it has that and nothing else. */
  readonly isFull: boolean;
  readonly isStable: boolean | undefined;
  readonly info: string | undefined;
  /** The name of a group that is asked for, or let go. */
  readonly group: string | undefined;
  /** `ok=OK`: that group may be started. */
  readonly isOk: boolean;
}

/** What a node of this program says of itself in each status; Heartbeat does not. */
export interface Claim {
  /** In the other node's words, as in all that it says. */
  readonly hold: Hold;
  /** As it has told it last. */
  readonly isStable: boolean;
  /** It gives groups, or takes some, or waits for an answer to an offer. */
  readonly isMoving: boolean;
  /** Its services work. */
  readonly isWell: boolean;
}

/** The other node, as it is when this one begins. */
export interface OtherNode {
  readonly isThere: boolean;
  /** It takes part already. */
  readonly isActive: boolean;
}

export interface OwnerOptions {
  readonly autoFailback: boolean;
  /** `deadtime`, milliseconds: it bounds what is waited for between two nodes of this program. */
  readonly deadtimeMs: number;
  /** The names of both nodes. */
  readonly self: string;
  readonly other: string;
}

/** Which groups this node has, and how they go from one node to the other. It does nothing by itself: what
 *  happens comes in, what is to be done goes out, and {@link nextAt} says when time alone is an event. All
 *  times are milliseconds, monotonic. */
export interface Owner {
  readonly mine: Hold;
  /** `transition` while anything is under way: the words of `cl_status rscstatus`. */
  readonly word: Hold | 'transition';
  readonly isStable: boolean;
  /** The other node is of this program: see {@link recognize}. */
  readonly otherIsOurs: boolean;
  /** The other node says that it has what this one has, and neither moves anything. */
  readonly isDouble: boolean;
  /** What this node says of itself; undefined: it does not take part, or not any more. */
  readonly claim: Omit<Claim, 'isWell'> | undefined;
  readonly nextAt: number;
  /** Of both nodes it is known whether they are there. */
  begin(other: OtherNode, now: number): readonly Action[];
  hear(heard: Heard, now: number): readonly Action[];
  /** Whether the other node is of this program, of which its status tells. */
  recognize(isOurs: boolean): void;
  /** What the other node, one of this program, repeats in a status that nothing newer has overtaken. */
  claimed(claim: Claim, now: number): readonly Action[];
  /** The other node is dead. */
  died(now: number): readonly Action[];
  /** Another run of the other node has begun, and nobody has seen the last one end. */
  restarted(now: number): readonly Action[];
  /** The other node was taken for dead, and was there all the time. */
  healed(): readonly Action[];
  /** Nothing is given to a node that is not there, and one that may be about to begin anew is as good as that. */
  relyOnOther(isThere: boolean, now: number): readonly Action[];
  /** Gives these groups to the other node, if nothing else is under way. */
  standby(hold: Hold, now: number): readonly Action[];
  /** The scripts of an `acquire` have ended.
   *  @param request  its number
   *  @param failed  groups of which nothing runs */
  acquired(request: number, failed: Hold, now: number): readonly Action[];
  /** The scripts of a `release` have ended.
   *  @param request  its number
   *  @param failed  groups of which something still runs */
  released(request: number, failed: Hold, now: number): readonly Action[];
  /** Gives everything up, for this node goes. */
  shutDown(now: number): readonly Action[];
  /** Time has gone on. */
  look(now: number): readonly Action[];
}
