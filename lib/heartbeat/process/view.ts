import type { MemberView } from '../node/action.ts';
import type { HeartbeatNode } from '../node/node.ts';
import type { Hold } from '../ownership/hold.ts';

/** What `status --json` shows. */
export interface StatusView {
  readonly node: string;
  readonly pid: number;
  readonly generation: number;
  /** Of this node: `up`, `active` ... */
  readonly status: string;
  /** Which groups run here, or are about to. */
  readonly holds: Hold;
  /** As cl_status says it: `holds`, or `transition` while anything moves. */
  readonly resources: string;
  readonly isStable: boolean;
  readonly members: readonly MemberView[];
}

export function viewOf(
  node: HeartbeatNode,
  who: Pick<StatusView, 'node' | 'pid' | 'generation'>,
): StatusView {
  const { mine, word, isStable } = node.ownership;
  return {
    ...who,
    status: node.status,
    holds: mine,
    resources: word,
    isStable,
    members: node.members,
  };
}

/** For people. */
export function viewText(view: StatusView): string {
  const { node, status, resources, members } = view;
  const others = members.map(({ name, status: state, links }) => {
    const ways = links.map((link) => `${link.name} ${link.isUp ? 'up' : 'dead'}`);
    return `${name}: ${state}${ways.length > 0 ? ` (${ways.join(', ')})` : ''}`;
  });
  const own = `${node}: ${status}, resources: ${resources} (this node)`;
  return [own, ...others].map((line) => `${line}\n`).join('');
}
