import type { Action as OwnershipAction } from '../ownership/action.ts';
import type { Message } from '../wire/message.ts';

/** What is to be done for the node, in this order. */
export type NodeAction =
  /** Out on every medium. */
  | { readonly type: 'datagram'; readonly datagram: Buffer }
  /** Once a keepalive: all these hosts are asked, or go on being asked; an answer is {@link HeartbeatNode.pinged}. */
  | { readonly type: 'ping'; readonly name: string; readonly hosts: readonly string[] }
  /** The programs of `respawn` start. */
  | { readonly type: 'children' }
  /** The script of rc.d that is named as the field `t`, if there is one, with each field as HA_name. The
   *  name is one that a file can have. */
  | { readonly type: 'hook'; readonly fields: Message }
  /** As `gone`, and another run of the node begins after this time, with a larger generation. */
  | { readonly type: 'restart'; readonly afterMs: number }
  /** `acquire` and `release` follow one another: the scripts of one end before those of the next begin. */
  | Exclude<OwnershipAction, { readonly type: 'send' }>;

/** What is known of another node, or of hosts that are pinged. */
export interface MemberView {
  readonly name: string;
  readonly status: string;
  /** By which media it is heard. */
  readonly links: readonly LinkView[];
}

export interface LinkView {
  /** Of the medium, as {@link HeartbeatNode.hear} was told it; of hosts that are pinged their own. */
  readonly name: string;
  readonly isUp: boolean;
}
