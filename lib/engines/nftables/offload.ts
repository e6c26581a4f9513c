import { NftError } from '../nft-program.ts';
import type { Command } from './json.ts';
import type { Nft } from './nft.ts';
import { type Rule, rule } from './part.ts';
import { chosen, skeletonCommands } from './skeleton.ts';

/** The chain that hands flows to the flowtable. */
export const FORWARD = 'forward';
const FLOWTABLE = 'offload';
const HANDING_ON = { flow: { op: 'add', flowtable: `@${FLOWTABLE}` } };

/** Rules of that chain; their comments tell other devices apart. Source: nft(8), "Flowtables". */
export function forwardRules(devices: readonly string[]): readonly Rule[] {
  if (devices.length === 0) return [];
  return chosen('offload', HANDING_ON).map(({ expr }) => ({
    expr,
    comment: rule([...expr, devices]).comment,
  }));
}

/** What adds the flowtable to the skeleton, and what feeds it. */
export function offloadCommands(table: string, devices: readonly string[]): Command[] {
  if (devices.length === 0) return [];
  const at = { family: 'inet', table };
  const flowtable = { ...at, name: FLOWTABLE, hook: 'ingress', prio: 0, dev: devices };
  const chain = { ...at, name: FORWARD, type: 'filter', hook: 'forward', prio: 0 };
  return [
    { add: { flowtable } },
    { add: { chain: { ...chain, policy: 'accept' } } },
    ...forwardRules(devices).map(({ expr, comment }) => ({
      add: { rule: { ...at, chain: FORWARD, expr, comment } },
    })),
  ];
}

/** Why the kernel does not take a flowtable over these devices, in words; undefined when it does.
 *  @param table  a name that nobody else has
 *  @throws       NftError when it takes no tables at all */
export async function refusesOffload(
  nft: Nft,
  table: string,
  devices: readonly string[],
): Promise<string | undefined> {
  const skeleton = skeletonCommands(table);
  await nft.check(skeleton);
  try {
    await nft.check([...skeleton, ...offloadCommands(table, devices)]);
    return undefined;
  } catch (error) {
    if (!(error instanceof NftError)) throw error;
    return `no flowtable over ${devices.join(', ')} (nft: ${error.message}): does the kernel have it, as after "modprobe -a nf_flow_table nft_flow_offload", and do these devices exist? All packets go through the rules until the next start`;
  }
}
