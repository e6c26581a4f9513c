import t from 'tap';
import { aConfig, aReal, aService } from '../support/config.ts';
import { aBench } from '../support/director.ts';

const REALS = [aReal('10.1.1.21:80')];

t.test('engines clean up at the end unless every service is to stay', async (t) => {
  const stays = aService({ port: 81, reals: REALS, cleanstop: false });
  for (const [services, close] of [
    [[aService({ reals: REALS })], 'close clean'],
    [[aService({ reals: REALS }), stays], 'close clean'],
    [[stays], 'close'],
    [[], 'close clean'],
  ] as const) {
    const { director, engine } = aBench(t);
    await director.apply(aConfig(services, { cleanstop: false }));
    await director.close();
    t.equal(engine.calls.at(-1), close);
  }
});
