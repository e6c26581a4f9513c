import type { Scenario } from '../scenario.ts';
import { changes } from './changes.ts';
import { clients } from './clients.ts';
import { clock } from './clock.ts';
import { director } from './director.ts';
import { hostiles } from './hostile.ts';
import { inputs } from './inputs.ts';
import { leftovers } from './leftovers.ts';
import { logs } from './logs.ts';
import { mails } from './mails.ts';
import { names } from './names.ts';
import { realServers } from './real-servers.ts';
import { scripts } from './scripts.ts';
import { soak } from './soak.ts';

/** All of the campaign, in the order of its table. */
export const SCENARIOS: readonly Scenario[] = [
  ...clients,
  ...realServers,
  ...hostiles,
  ...scripts,
  ...mails,
  ...director,
  ...changes,
  ...names,
  ...clock,
  ...logs,
  ...leftovers,
  ...inputs,
  ...soak,
];
