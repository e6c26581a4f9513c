import { didYouMean } from '../model/nearest.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import type { Findings } from './findings.ts';
import type { IniKey } from './ini-keys/ini-key.ts';
import { iniKeys } from './ini-keys.ts';
import type { ValueSection } from './web.ts';

const EXAMPLE = '"[service tcp:10.1.1.19:80]"';

/** Refuses the keys of a service's section that only another kind of service can have. */
export function refuseForeign(
  id: string,
  section: ValueSection,
  findings: Findings,
): void {
  for (const { key, line, only } of idleKeys(id, section))
    if (only.refused)
      findings.error(
        line,
        `${key} cannot be had for ${id}: expected it for ${only.words}, as in ${EXAMPLE}`,
      );
}

/** Warns of sections for services that are not there, and of keys that do nothing for theirs. */
export function warnOfServices(
  services: ReadonlyMap<string, ValueSection>,
  there: readonly VirtualService[],
  findings: Findings,
): void {
  const ids = there.map(({ id }) => id);
  for (const [id, section] of services)
    if (ids.includes(id)) warnOfIdle(id, section, findings);
    else
      findings.warn(
        section.line,
        `[service ${id}]: there is no such service${didYouMean(id, ids)}`,
      );
}

function warnOfIdle(id: string, section: ValueSection, findings: Findings): void {
  for (const { key, line, only } of idleKeys(id, section))
    if (!only.refused)
      findings.warn(
        line,
        `${key} does nothing for ${id}: expected it for ${only.words}, as in ${EXAMPLE}`,
      );
}

interface IdleKey {
  readonly key: string;
  readonly line: number;
  readonly only: NonNullable<IniKey<unknown>['only']>;
}

/** But for those that say no more than the default does. */
function idleKeys(id: string, { keys, values }: ValueSection): readonly IdleKey[] {
  return keys.flatMap(({ key, line }) => {
    const [name, row] = iniKeys(key).find(([, { perService }]) => perService) ?? [];
    const value = name && values[name];
    if (!row?.only || row.only.ids.test(id)) return [];
    return saysDefault(value, row.default) ? [] : [{ key, line, only: row.only }];
  });
}

/** Whether a value is the default. Lists that are empty are equal. */
export function saysDefault(value: unknown, byDefault: unknown): boolean {
  const isEmpty = (one: unknown) => Array.isArray(one) && one.length === 0;
  return value === byDefault || (isEmpty(value) && isEmpty(byDefault));
}
