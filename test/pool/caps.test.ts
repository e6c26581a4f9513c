import t from 'tap';
import { realEntry } from '../../lib/pool/entry.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';
import { play } from '../support/pool-script.ts';
import { good } from '../support/reports.ts';

t.test('server-connections is the threshold of servers that have none', async (t) => {
  const plain = aReal('10.1.1.21:80');
  const own = aReal('10.1.1.22:80', { lower: 5, upper: 9 });
  const thresholds = (serverConnections: number) => {
    const options = { ...OPTIONS, serverConnections };
    const service = aService({ reals: [plain, own], options });
    const { pool } = play(service, [
      [plain.id, good()],
      [own.id, good()],
    ]);
    return pool.reals.map((real) => {
      const entry = realEntry(service, real);
      return [entry?.lower, entry?.upper];
    });
  };
  t.same(thresholds(0), [
    [0, 0],
    [5, 9],
  ]);
  t.same(thresholds(50), [
    [50, 50],
    [5, 9],
  ]);
});
