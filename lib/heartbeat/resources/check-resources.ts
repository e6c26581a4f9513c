import { type Finding, Findings } from '../config/findings.ts';
import type { Resource, ResourceGroup } from '../config/haresources.ts';
import { isAddress, readAddress } from './address/address-words.ts';
import { isAgent, readAgent } from './ocf.ts';
import { findScript } from './script.ts';

/** What haresources asks for and this host has not: addresses and agents whose words are wrong are errors, scripts
 *  that are not there warnings, for they may be installed while the node runs.
 *  @param folders  where scripts are looked for */
export async function checkResources(
  groups: readonly ResourceGroup[],
  file: string,
  folders: readonly string[],
): Promise<readonly Finding[]> {
  const findings = new Findings(file);
  for (const { line, resources } of groups)
    for (const resource of resources) {
      const wrong = wrongWords(resource);
      if (wrong !== undefined) findings.error(line, wrong);
      else if (!(await isThere(resource, folders)))
        findings.warn(
          line,
          `"${resource.script}": no executable of that name in ${folders.join(' or ')}: its group cannot start`,
        );
    }
  return findings.found;
}

function wrongWords(resource: Resource): string | undefined {
  try {
    if (isAddress(resource)) readAddress(resource);
    else if (isAgent(resource)) readAgent(resource.args);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

async function isThere(
  resource: Resource,
  folders: readonly string[],
): Promise<boolean> {
  if (isAddress(resource) || isAgent(resource)) return true;
  return (await findScript(resource.script, folders)) !== undefined;
}
