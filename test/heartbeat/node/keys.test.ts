import t from 'tap';
import { encodeClassic } from '../../../lib/heartbeat/wire/classic.ts';
import type { Key } from '../../../lib/heartbeat/wire/mac.ts';
import { open, seal, signed } from '../../../lib/heartbeat/wire/seal.ts';
import { NAMES } from './holders.ts';
import { SECRET } from './options.ts';
import { both, held, SECOND } from './scene.ts';

const NEXT: Key = { number: 3, method: 'md5', secret: 'another word' };
const CRC: Key = { number: 1, method: 'crc', secret: '' };
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

t.test('a line of crc that was left in authkeys opens nothing', async (t) => {
  const forged = (form: 'netstring' | 'classic') => {
    const message = [['t', 'status'] as const, ['src', 'lb2'] as const];
    return form === 'classic'
      ? encodeClassic(signed(message, CRC))
      : seal(message, { current: CRC, keys: [CRC] }, form);
  };
  for (const form of ['netstring', 'classic'] as const) {
    const keys = [CRC, SECRET];
    t.same(open(forged(form), { current: SECRET, keys }), { distrust: 'unknown-key' });
    t.match(open(forged(form), { current: CRC, keys }), { message: [] });
  }
});

t.test('from crc to a secret, both within a deadtime', async (t) => {
  const network = both('deadtime 10\ninitdead 20');
  const keys = [CRC, SECRET];
  for (const name of NAMES) network.node(name).rekey({ current: CRC, keys });
  network.play(30 * SECOND);
  for (const name of NAMES) {
    network.node(name).rekey({ current: SECRET, keys });
    network.play(5 * SECOND);
  }
  network.play(30 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
  t.notOk(network.log.some((line) => line.includes('is dead')));
});
