import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { engineSuite } from '../../../support/engine-suite.ts';
import { sharedPort } from '../../../support/shared-port.ts';

engineSuite('net, 4 workers', {
  create: () => createNetEngine({ workers: 4 }),
  where: sharedPort(),
});
