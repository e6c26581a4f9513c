import t from 'tap';
import { lab } from '../support/lab.ts';
import { runScenarios } from './suite.ts';

/** What a kernel that only rewrites addresses cannot know, or need not. */
const SKIP = {
  'a fallback server that holds *:80 is named with the mend, and its move is seen':
    'no port is listened on, so none can be held by another program',
  'a virtual address that appears later is served as soon as it is there':
    'rules hold for an address that no interface has: it may be routed here',
  'with quiescent=no a removed server leaves at once, its connections are reset':
    'a client is reset when it sends again, not before: the kernel keeps no sequence numbers to make a reset of (test/engines/nftables has what it does)',
  'a server that is killed under load costs nobody but those in flight on it':
    'a connection cannot be retried at another server once its first packet has gone: those of the time until the check are lost',
};

runScenarios(t, 'nftables', { skip: SKIP, where: lab('nft', 'conntrack') });
