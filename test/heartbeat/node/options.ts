import type { HaConfig } from '../../../lib/heartbeat/config/ha-config.ts';
import { uuidOfName } from '../../../lib/heartbeat/config/node-uuid.ts';
import type { NodeOptions } from '../../../lib/heartbeat/node/parts.ts';
import type { Key } from '../../../lib/heartbeat/wire/mac.ts';
import type { Keyring } from '../../../lib/heartbeat/wire/seal.ts';
import { NAMES, type Name } from './holders.ts';

export const SECRET: Key = { number: 2, method: 'sha1', secret: 'TOPSECRETWORD' };

/** A node with a group of its own, as the other one has. */
export function nodeOptions(given: {
  readonly name: Name;
  readonly config: HaConfig;
  readonly keyring: Keyring;
  readonly generation: number;
  seconds(): number;
  random(): number;
}): NodeOptions {
  const { name, config, keyring, generation, seconds, random } = given;
  return {
    config,
    keyring,
    random,
    groups: NAMES.map((node) => ({ node, key: `group-of-${node}` })),
    identity: { name, uuid: uuidOfName(name), generation, ttl: 3 },
    world: { seconds, load: () => '0.00' },
    uuidOf: uuidOfName,
  };
}
