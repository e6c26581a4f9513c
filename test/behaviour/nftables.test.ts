import t from 'tap';
import { lab } from '../support/lab.ts';
import { runScenarios } from './suite.ts';

/** What a kernel that only rewrites addresses cannot know, or need not. */
const SKIP = {
  'a fallback server that holds *:80 is named with the mend, and its move is seen':
    'no port is listened on but for a fallback on this host in force: test/engines/nftables/fallback.test.ts',
  'a virtual address that appears later is served as soon as it is there':
    'rules hold for an address that no interface has: it may be routed here',
  'a server that is killed under load costs nobody but those in flight on it':
    'a connection cannot be retried at another server once its first packet has gone: test/engines/nftables/faults.test.ts holds who is lost then',
  'a server that refuses clients while its check is good is out after some, and back':
    'who only rewrites addresses does not see how a connection ends: docs/returning.md',
};

runScenarios(t, 'nftables', { skip: SKIP, where: lab('nft', 'conntrack') });
