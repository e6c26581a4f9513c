import type { PeerStatus } from '../model/peer.ts';
import type { StatusDocument } from '../model/status.ts';
import { type Paint, printable } from './show-text.ts';

/** How the links to other directors are; nothing where there are none. */
export function peerLines(
  { peers }: Pick<StatusDocument, 'peers'>,
  paint: Paint,
): readonly string[] {
  return peers.length === 0 ? [] : ['', ...peers.map((peer) => peerLine(peer, paint))];
}

function peerLine(status: PeerStatus, paint: Paint): string {
  const { peer, connected, heard, sent, received, behind, problem } = status;
  const words = [
    connected ? 'connected' : paint('yellow', 'not connected'),
    ...(heard ? [] : [paint('yellow', 'not heard')]),
    `${sent} entries sent`,
    `${received} received`,
    ...(behind > 0 ? [`${behind} on their way`] : []),
  ];
  const told = problem === null ? '' : `: ${paint('yellow', printable(problem))}`;
  return `peer ${paint('bold', printable(peer))}: ${words.join(', ')}${told}`;
}
