import t from 'tap';
import { ENGINES } from '../../lib/engines/index.ts';
import { aService } from '../support/config.ts';

t.test('every engine of the registry can be created and closed', async (t) => {
  for (const [name, { summary, create }] of Object.entries(ENGINES)) {
    t.ok(summary, name);
    const engine = create({ maxConnections: 10 });
    t.equal(engine.refuses(aService()), undefined);
    t.same(await engine.stats(), []);
    await engine.close({ clean: true });
    for await (const event of engine.events) t.fail('no event', { event });
  }
});
