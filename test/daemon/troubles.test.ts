import t from 'tap';
import { troubles } from '../../lib/daemon/status.ts';

t.test('a start whose numbers do not come says what is still starting', async (t) => {
  const never = new Promise<never>(() => {});
  const director = { services: () => never, starting: () => ['tcp:10.1.1.19:80'] };
  t.strictSame(await troubles(director, 20), [
    'tcp:10.1.1.19:80: still starting, its checks go on',
  ]);
});
