import type { Scenario } from '../scenario.ts';
import { clients } from './clients.ts';
import { director } from './director.ts';
import { inputs } from './inputs.ts';
import { realServers } from './real-servers.ts';
import { soak } from './soak.ts';

/** All of the campaign, in the order of its table. */
export const SCENARIOS: readonly Scenario[] = [
  ...clients,
  ...realServers,
  ...director,
  ...inputs,
  ...soak,
];
