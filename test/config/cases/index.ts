import { ADDRESS_LINES } from './address-lines.ts';
import type { Case } from './case.ts';
import { FILES } from './files.ts';
import { GLOBAL_LINES } from './global-lines.ts';
import { SECTION_LINES } from './section-lines.ts';

/** Every row of what is known of ldirectord's file, accepted and refused. */
export const CASES: readonly Case[] = [
  ...FILES,
  ...GLOBAL_LINES,
  ...SECTION_LINES,
  ...ADDRESS_LINES,
];
