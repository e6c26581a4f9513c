import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { endpoint } from '../model/address.ts';
import type { PeerPlace } from '../model/peer.ts';
import { LARGEST_SECRETS, parsePeerSecrets } from '../model/peer-secrets.ts';
import { reasonOf } from '../model/reason.ts';
import { expected } from './values.ts';
import { listenAt } from './web-values.ts';

// What the keys of [peer] may be; as in ini-values.ts.

const LISTEN_EXAMPLE = '10.1.1.2:7400" or "[2001:db8::2]:7400';
const PEERS_EXAMPLE = '10.1.1.3:7400';
const SECRET_EXAMPLE = '/etc/l4director/peer.secret';
const MOST_PEERS = 8;
const OTHERS = 0o077;

export function peerListen(text: string): PeerPlace | undefined {
  return listenAt(text, LISTEN_EXAMPLE);
}

/** `10.1.1.3:7400`, or several with commas between. */
export function peerPlaces(text: string): readonly PeerPlace[] {
  const all = text
    .split(',')
    .map((place) => listenAt(place.trim(), PEERS_EXAMPLE))
    .filter((place) => place !== undefined);
  if (all.length > MOST_PEERS)
    return expected(`at most ${MOST_PEERS} peers`, PEERS_EXAMPLE);
  const names = all.map(({ address, port }) => endpoint(address, port));
  const twice = names.find((name, at) => names.indexOf(name) < at);
  return twice === undefined ? all : expected(`${twice} once`, PEERS_EXAMPLE);
}

/** Path of a file with secrets, which is looked into, and is for its owner alone. */
export function peerSecretFile(text: string): string | undefined {
  if (!isAbsolute(text)) return expected('an absolute path', SECRET_EXAMPLE);
  try {
    readPeerSecrets(text);
    return text;
  } catch (error) {
    const why = reasonOf(error);
    return expected(
      `a file for its owner alone with a secret of 16 bytes or more in a line (${why}); make one by "(umask 077; openssl rand -hex 32 > ${SECRET_EXAMPLE})", the same for both directors`,
      SECRET_EXAMPLE,
    );
  }
}

/** The secrets in that file.
 *  @throws Error why it is of no use, and never what is in it */
export function readPeerSecrets(path: string): readonly Buffer[] {
  const found = statSync(path);
  if (!found.isFile()) throw new Error('it is no file');
  if ((found.mode & OTHERS) !== 0)
    throw new Error(
      `its mode is ${(found.mode & 0o777).toString(8).padStart(4, '0')}: after "chmod 600 ${path}" nobody else has it`,
    );
  if (found.size > LARGEST_SECRETS)
    throw new Error(`it has more than ${LARGEST_SECRETS} bytes`);
  return parsePeerSecrets(readFileSync(path));
}
