import { CHANGES, IN_THE_FILE } from './changes.ts';
import type { Command } from './command.ts';
import { FLOWS } from './flows.ts';
import { LOOKS } from './looks.ts';
import { OURS } from './ours.ts';

/** Every line command; of two that fit the first counts. */
export const COMMANDS: readonly Command[] = [
  ...LOOKS,
  ...CHANGES,
  ...FLOWS,
  ...OURS,
].sort((a, b) => (a.name < b.name ? -1 : 1));

/** What tools may ask of a HAProxy, and a director of this kind cannot do: one line each. */
export const UNABLE: readonly { readonly name: string; readonly answer: string }[] = [
  'add server',
  'del server',
  'disable agent',
  'disable frontend',
  'disable health',
  'enable agent',
  'enable frontend',
  'enable health',
  'set maxconn',
].map((name) => ({ name, answer: IN_THE_FILE }));
