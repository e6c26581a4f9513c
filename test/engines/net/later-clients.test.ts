import t from 'tap';
import { LaterClients } from '../../../lib/engines/net/later-clients.ts';
import type { LeftClients } from '../../../lib/model/heritage.ts';

const sheaf = (service: string, server: string, size: number): LeftClients => ({
  ...{ service, server, netmask: null },
  clients: Array.from({ length: size }, () => '7f000001'),
  ends: Array.from({ length: size }, () => 1),
});

t.test('the oldest go where there are too many', async (t) => {
  const later = new LaterClients(10);
  later.add(sheaf('one', 'a', 4));
  later.add(sheaf('one', 'b', 4));
  later.add(sheaf('two', 'a', 4));
  later.add(sheaf('one', 'c', 5));
  t.strictSame(later.take('one', new Set(['a', 'x'])), []);
  t.match(later.take('one', new Set(['b', 'c'])), [{ server: 'b' }, { server: 'c' }]);
  t.strictSame(
    later.take('two', new Set(['a'])),
    [],
    'it had nothing of its own to give',
  );
  later.add(sheaf('two', 'a', 10));
  t.equal(later.take('two', new Set(['a'])).length, 1);
});
