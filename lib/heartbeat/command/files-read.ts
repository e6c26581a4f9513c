import { join } from 'node:path';
import {
  type Configuration,
  findingText,
  readConfiguration,
} from '../local/configuration.ts';
import { checkResources } from '../resources/check-resources.ts';
import type { Words } from './words.ts';

const INIT_SCRIPTS = '/etc/init.d';

/** Reads the three files, and says what is wrong with them on stderr.
 *  @returns undefined: there are errors */
export async function filesRead(words: Words): Promise<Configuration | undefined> {
  const { files, name } = words;
  const { configuration, findings } = await readConfiguration(files, name);
  const ofResources = configuration
    ? await checkResources(configuration.groups, files.haresources, scriptsOf(words))
    : [];
  for (const finding of [...findings, ...ofResources])
    process.stderr.write(`${findingText(finding)}\n`);
  const isBad = ofResources.some(({ severity }) => severity === 'error');
  return isBad ? undefined : configuration;
}

/** Where scripts of haresources are looked for, in this order. */
export function scriptsOf({ places, scripts }: Words): readonly string[] {
  return scripts ?? [join(places.haDir, 'resource.d'), INIT_SCRIPTS];
}
