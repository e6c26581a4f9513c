import t from 'tap';
import { slowStart } from '../../behaviour/slow-start.ts';
import { runScenarios } from '../../behaviour/suite.ts';
import { sharedPort } from '../../support/shared-port.ts';

runScenarios(t, 'net', {
  scenarios: [slowStart],
  net: 'workers = 4',
  where: sharedPort(),
});
