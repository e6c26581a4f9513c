import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import {
  ending,
  freePort,
  rigFor,
  serverAt,
  tableOf,
} from '../../../support/engine-rig.ts';
import { sharedPort } from '../../../support/shared-port.ts';

const CLIENTS = 200;

t.test(
  'each failure is told of once, whichever worker saw it',
  sharedPort(),
  async (t) => {
    const rig = rigFor(t, createNetEngine({ workers: 4 }));
    const passive = { connections: 5, windowMs: 30_000 };
    const service = await rig.service({}, { passive });
    const dead = serverAt('127.0.0.1', await freePort());
    await rig.engine.apply(tableOf(service, dead));
    const clients = Array.from({ length: CLIENTS }, async () =>
      ending(await rig.client(service)),
    );
    await Promise.all(clients);
    let failures = 0;
    for await (const event of rig.engine.events) {
      if (event.type === 'traffic-failed') failures += event.failures;
      if (failures >= CLIENTS) break;
    }
    t.equal(failures, CLIENTS);
    t.equal((await rig.of(service, dead)).connectFailures, CLIENTS);
    const carried = rig.engine.workers().filter((one) => one.acceptedConnections > 0);
    t.ok(carried.length > 1, 'more than one worker had some of them');
  },
);
