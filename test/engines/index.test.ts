import t from 'tap';
import { FACTORIES } from '../../lib/engines/factories.ts';
import { ENGINES } from '../../lib/engines/index.ts';
import { aService } from '../support/config.ts';

t.test('every engine of the registry can be created and closed', async (t) => {
  t.same(Object.keys(FACTORIES), Object.keys(ENGINES));
  for (const create of Object.values(FACTORIES)) {
    const engine = create({ maxConnections: 10 });
    t.equal(engine.refuses(aService()), undefined);
    t.same(await engine.stats(), []);
    await engine.close({ clean: true });
    for await (const event of engine.events) t.fail('no event', { event });
  }
});
