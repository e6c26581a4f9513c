import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../config/haresources.ts';
import { Address } from './address/address.ts';
import { isAddress } from './address/address-words.ts';
import type { Announcer } from './address/announcer.ts';
import { isAgent, OcfAgent } from './ocf.ts';
import type { Runnable } from './runnable.ts';
import { Script, type ScriptHow } from './script.ts';

export interface RunnableHow extends ScriptHow {
  readonly announcer: Announcer;
  /** Scripts win over what is built in. */
  readonly prefersScripts: boolean;
}

/** What a word of haresources is: an address, an agent of Pacemaker's, a script.
 *  @throws RangeError  what is wrong with it */
export function runnableOf(resource: Resource, how: RunnableHow): Runnable {
  const isBuiltIn = !(how.prefersScripts && hasScript(resource, how.folders));
  if (isBuiltIn && isAddress(resource))
    return new Address(resource, how.announcer, how.log);
  if (isBuiltIn && isAgent(resource)) return new OcfAgent(resource.args, how);
  return new Script(resource, how);
}

function hasScript({ script }: Resource, folders: readonly string[]): boolean {
  return folders.some((folder) => existsSync(join(folder, script)));
}
