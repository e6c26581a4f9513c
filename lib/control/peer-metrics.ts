import type { PeerStatus } from '../model/peer.ts';
import type { Metric } from './metric-tables.ts';

/** Of a director of `[peer]`. */
export const PEER: readonly Metric<PeerStatus>[] = [
  {
    name: 'peer_connected',
    type: 'gauge',
    help: '1 while the peer hears this director.',
    value: ({ connected }) => Number(connected),
  },
  {
    name: 'peer_heard',
    type: 'gauge',
    help: '1 while this director hears the peer.',
    value: ({ heard }) => Number(heard),
  },
  {
    name: 'peer_entries_sent_total',
    type: 'counter',
    help: 'Entries of persistence and changes by hand that the peer was told.',
    value: ({ sent }) => sent,
  },
  {
    name: 'peer_entries_received_total',
    type: 'counter',
    help: 'Entries of persistence and changes by hand that the peer has told.',
    value: ({ received }) => received,
  },
  {
    name: 'peer_entries_behind',
    type: 'gauge',
    help: 'Entries that are on their way to the peer.',
    value: ({ behind }) => behind,
  },
  {
    name: 'peer_changes_dropped_total',
    type: 'counter',
    help: 'Changes by hand that the peer has told and there was no room for.',
    value: ({ dropped }) => dropped,
  },
];
