import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { engineSuite } from '../../../support/engine-suite.ts';
import { sharedPort } from '../../../support/shared-port.ts';

t.setTimeout(300_000); // two threads to start in each case
engineSuite('net, 2 workers', {
  create: () => createNetEngine({ workers: 2 }),
  where: sharedPort(),
});
