import type { PeerPlace } from '../../model/peer.ts';
import { peerListen, peerPlaces, peerSecretFile } from '../peer-values.ts';
import type { IniKey } from './ini-key.ts';

/** Keys of `[peer]`. */
export const PEER_KEYS = {
  'peer-listen': {
    section: 'peer',
    key: 'listen',
    perService: false,
    syntax: '<address>:<port>',
    parse: peerListen,
    default: undefined as PeerPlace | undefined,
    doc: 'Where other directors reach this one, to tell it who persists where and what was changed by hand.',
  },
  peers: {
    section: 'peer',
    perService: false,
    syntax: '<address>:<port>[,<address>:<port> ...]',
    parse: peerPlaces,
    default: undefined as readonly PeerPlace[] | undefined,
    doc: 'Where the other directors are: what their [peer] listen says.',
  },
  'secret-file': {
    section: 'peer',
    perService: false,
    syntax: '<path>',
    parse: peerSecretFile,
    default: undefined as string | undefined,
    doc: 'File with the secret by which they know each other, for its owner alone; several in a line each: any of them is good.',
  },
} as const satisfies Record<string, IniKey<unknown>>;
