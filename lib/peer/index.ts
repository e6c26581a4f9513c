export { createPeers, type PeerParties, type Peers } from './peers.ts';
