import type { PeerStatus } from '../../model/peer.ts';
import { count, flag, nullable, object, type Shape, text, time } from './shape.ts';

/** The link to another director. */
export const PEER: Shape<PeerStatus> = object<PeerStatus>(
  'Peer',
  {
    peer: text('as the ini has it'),
    connected: flag('it hears this director'),
    heard: flag('this director hears it'),
    since: time('when it was connected, or lost, or first tried'),
    sent: count('entries of persistence and changes by hand that it was told'),
    received: count('those that it has told'),
    behind: count('entries that are on their way to it'),
    dropped: count('changes by hand that it has told and there was no room for'),
    problem: nullable(text(), 'why it is not connected'),
  },
  'The link to another director.',
);
