import type { Scenario } from '../scenario.ts';
import { clients } from './clients.ts';
import { director } from './director.ts';
import { realServers } from './real-servers.ts';

/** All of the campaign, in the order of its table. */
export const SCENARIOS: readonly Scenario[] = [...clients, ...realServers, ...director];
