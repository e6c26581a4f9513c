import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where a config is looked for by its name. Source: ldirectord, observed. */
export const CONFIG_FOLDERS: readonly string[] = ['/etc/ha.d', '/etc/ha.d/conf'];

/** Where ldirectord looks for a config: /etc/ha.d, /etc/ha.d/conf, then the path itself.
 *  @param arg  as typed
 *  @returns absolute, since the daemon leaves the directory it was started in; undefined: nowhere */
export function findConfig(
  arg: string,
  folders: readonly string[] = CONFIG_FOLDERS,
): string | undefined {
  const places = [...folders.map((folder) => `${folder}/${arg}`), arg];
  const found = places.find((place) => existsSync(place));
  return found === undefined ? undefined : resolve(found);
}
