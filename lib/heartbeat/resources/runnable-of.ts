import type { Resource } from '../config/haresources.ts';
import { Address } from './address/address.ts';
import { isAddress } from './address/address-words.ts';
import type { Announcer } from './address/announcer.ts';
import { isAgent, OcfAgent } from './ocf.ts';
import type { Runnable } from './runnable.ts';
import { Script, type ScriptHow } from './script.ts';

export interface RunnableHow extends ScriptHow {
  readonly announcer: Announcer;
}

/** What a word of haresources is: an address, an agent of Pacemaker's, a script.
 *  @throws RangeError  what is wrong with it */
export function runnableOf(resource: Resource, how: RunnableHow): Runnable {
  if (isAddress(resource)) return new Address(resource, how.announcer, how.log);
  if (isAgent(resource)) return new OcfAgent(resource.args, how);
  return new Script(resource, how);
}
