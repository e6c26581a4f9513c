import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { engineSuite } from '../../../support/engine-suite.ts';
import { sharedPort } from '../../../support/shared-port.ts';

t.setTimeout(300_000); // four threads to start in each case
engineSuite('net, 4 workers', {
  create: () => createNetEngine({ workers: 4 }),
  where: sharedPort(),
});
