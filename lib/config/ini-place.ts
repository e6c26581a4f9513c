import { didYouMean } from '../model/nearest.ts';
import type { IniKey } from './ini-keys/ini-key.ts';
import { headerOf, type IniRow, KEY_TEXTS } from './ini-keys.ts';
import type { IniSection } from './ini-lines.ts';

/** Whose keys a section holds. */
export type Place =
  | { readonly kind: 'common'; readonly of?: undefined }
  | { readonly kind: 'service' | 'user'; readonly of: string };

const SERVICE = /^service\s+(\S+)$/;
const OR_SERVICE = ', or in one for a service, as in "[service tcp:10.1.1.19:80]"';
const USER = /^web user\s+([\w.@-]{1,64})$/;

export function placeOf({ name = '' }: IniSection): Place {
  const service = SERVICE.exec(name)?.[1];
  if (service !== undefined) return { kind: 'service', of: service };
  const user = USER.exec(name)?.[1];
  return user === undefined ? { kind: 'common' } : { kind: 'user', of: user };
}

/** @param rows  those of the key, of which none may stand where it does */
export function misplaced(key: string, rows: readonly IniRow[]): string {
  if (rows.length === 0) return `unknown key "${key}"${didYouMean(key, KEY_TEXTS)}`;
  const sections = rows.map(([, { section }]) => `[${headerOf(section)}]`);
  const isServices = rows.some(
    ([, row]) => row.perService && row.section !== 'service',
  );
  return `${key} is in the wrong section: expected it in ${sections.join(' or ')}${isServices ? OR_SERVICE : ''}`;
}

/** Whether the key's place is that section. */
export function stands(
  row: IniKey<unknown>,
  { name }: IniSection,
  { kind }: Place,
): boolean {
  if (kind === 'service') return row.perService;
  return row.section === (kind === 'user' ? 'web user' : name);
}
