import t from 'tap';
import { sharedPort } from '../../support/shared-port.ts';
import { balance } from '../balance.ts';
import { facts } from '../facts.ts';
import { outliving } from '../outliving.ts';
import { passive } from '../passive.ts';
import { reserve } from '../reserve.ts';
import { rules } from '../rules.ts';
import { runScenarios } from '../suite.ts';

runScenarios(t, 'net', {
  net: 'workers = 4',
  where: sharedPort(),
  // The others say what the checks and the pool do, which know of no workers, or one connection.
  scenarios: [...balance, ...facts, ...outliving, ...passive, ...reserve, ...rules],
});
