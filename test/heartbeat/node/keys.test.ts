import t from 'tap';
import type { Key } from '../../../lib/heartbeat/wire/mac.ts';
import { NAMES } from './holders.ts';
import { SECRET } from './options.ts';
import { both, held, SECOND } from './scene.ts';

const NEXT: Key = { number: 3, method: 'md5', secret: 'another word' };
const BOTH = [SECRET, NEXT];

t.test('keys roll over, a node after the other, and nobody is missed', async (t) => {
  const network = both('deadtime 10\ninitdead 20', {
    lost: 0.3,
    doubled: 0.1,
    delay: 50,
  });
  const roll = (current: Key, keys: readonly Key[]) => {
    for (const name of NAMES) {
      network.node(name).rekey({ current, keys });
      network.play(20 * SECOND);
    }
  };
  network.play(20 * SECOND);
  roll(SECRET, BOTH);
  roll(NEXT, BOTH);
  roll(NEXT, [NEXT]);
  t.same(held(network), ['lb1', 'lb2']);
  t.notOk(network.log.some((line) => line.includes('is dead')));
});

t.test('who has none of the keys is not heard', async (t) => {
  const network = both();
  network.play(20 * SECOND);
  network.node('lb1').rekey({ current: NEXT, keys: [NEXT] });
  network.play(10 * SECOND);
  t.ok(network.log.some((line) => line.includes('lb2 node lb1: is dead')));
});
