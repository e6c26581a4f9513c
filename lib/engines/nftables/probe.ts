import type { Family } from '../../model/address.ts';
import { NftError } from '../nft-program.ts';
import { type Command, type Json, payload } from './json.ts';
import type { Nft } from './nft.ts';
import { forwardingProblem, nftProblem } from './problem.ts';
import { skeletonCommands } from './skeleton.ts';

const FAMILIES: readonly Family[] = ['inet', 'inet6'];

/** Why this host cannot forward by NAT at all, with the mend; undefined when it can. The kernel is
 *  asked to take a table with all that rules are made of, and to forget it: nothing of it is there at any
 *  time. (It may load modules of its own for that.)
 *  @param table  a name that nobody else has
 *  @param proc   where procfs is mounted */
export async function probe(
  nft: Nft,
  table: string,
  proc: string,
): Promise<string | undefined> {
  const forwarding = FAMILIES.map((family) => forwardingProblem(family, proc));
  if (forwarding.every((problem) => problem !== undefined)) return forwarding[0];
  try {
    await nft.check([...skeletonCommands(table), ...samples(table)]);
    return undefined;
  } catch (error) {
    if (error instanceof NftError) return nftProblem(error);
    throw error;
  }
}

const VERDICTS: Json = {
  set: [
    [0, { accept: null }],
    [1, { drop: null }],
  ],
};

/** What services' rules have and the skeleton's have not. */
function samples(table: string): Command[] {
  const at = { family: 'inet', table };
  const client = payload('ip', 'saddr');
  const keys: Json[] = [
    { numgen: { mode: 'inc', mod: 2 } },
    { numgen: { mode: 'random', mod: 2 } },
    { jhash: { mod: 2, expr: client, seed: 1 } },
  ];
  const rules: Json[] = [
    ...keys.map((key) => ({ vmap: { key, data: VERDICTS } })),
    {
      set: {
        op: 'update',
        elem: { elem: { val: client, timeout: 1 } },
        set: '@clients',
      },
    },
    { dnat: { family: 'ip', addr: '192.0.2.1', port: 80 } },
  ];
  const clients = { name: 'clients', type: 'ipv4_addr', size: 1, flags: ['timeout'] };
  const tcp: Json = {
    match: { op: '==', left: { meta: { key: 'l4proto' } }, right: 'tcp' },
  };
  return [
    { add: { set: { ...at, ...clients } } },
    { add: { chain: { ...at, name: 'samples' } } },
    ...rules.map((one) => ({
      add: { rule: { ...at, chain: 'samples', expr: [tcp, one] } },
    })),
  ];
}
