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

/** Warns of those that do nothing for it. */
export function warnOfIdle(
  id: string,
  section: ValueSection,
  findings: Findings,
): void {
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

/** Lists that are empty are equal. */
function saysDefault(value: unknown, byDefault: unknown): boolean {
  const isEmpty = (one: unknown) => Array.isArray(one) && one.length === 0;
  return value === byDefault || (isEmpty(value) && isEmpty(byDefault));
}
