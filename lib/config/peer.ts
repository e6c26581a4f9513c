import { isDeepStrictEqual } from 'node:util';
import type { PeerOptions } from '../model/peer.ts';
import type { Findings } from './findings.ts';
import type { IniValues } from './ini-keys.ts';
import type { IniLine } from './ini-lines.ts';

/** The keys of `[peer]`, none of which is of use without the others. */
const NEEDED = {
  listen: '10.1.1.2:7400',
  peers: '10.1.1.3:7400',
  'secret-file': '/etc/l4director/peer.secret',
} as const;

/** What `[peer]` says; undefined: there are no others. */
export function peerOptions(
  { values, keys }: { readonly values: IniValues; readonly keys: readonly IniLine[] },
  findings: Findings,
): PeerOptions | undefined {
  const [first] = keys;
  if (!first) return undefined;
  for (const [key, example] of Object.entries(NEEDED))
    if (!keys.some((one) => one.key === key))
      findings.error(
        first.line,
        `[peer] has no ${key}: expected that too, as in "${key} = ${example}"`,
      );
  const { 'peer-listen': listen, peers, 'secret-file': secretFile } = values;
  // What cannot be read has been told.
  if (!listen || !peers || secretFile === undefined) return undefined;
  if (peers.some((peer) => isDeepStrictEqual(peer, listen)))
    findings.error(
      keys.find(({ key }) => key === 'peers')?.line ?? first.line,
      'peers has the place where this director itself listens: expected the other one, as in "peers = 10.1.1.3:7400"',
    );
  return { listen, peers, secretFile };
}
