import t from 'tap';
import { NAMES, type Name } from './holders.ts';
import type { Network } from './network.ts';
import { both, held, SECOND, words } from './scene.ts';

/** Parts of a second after a standby began, in which its three steps and both nodes' scripts are. */
const MOMENTS = [2, 8, 15, 50, 210, 225, 300, 430];
/** Shorter than deadtime, and so long that the other node takes over and settles. */
const SPANS = [2 * SECOND, 20 * SECOND, 90 * SECOND];
/** An offer that nobody answers is withdrawn after ten seconds. */
const REST = 25 * SECOND;

function frozen(moment: number, span: number, name: Name): Network {
  const network = both('auto_failback off');
  network.play(20 * SECOND);
  network.standby('lb1', 'all');
  network.play(moment);
  network.freeze(name);
  network.play(span);
  network.thaw(name);
  network.play(REST);
  return network;
}

for (const name of NAMES)
  t.test(`${name} is frozen while lb1 gives everything to lb2`, async (t) => {
    for (const moment of MOMENTS)
      for (const span of SPANS) {
        const network = frozen(moment, span, name);
        const what = `after ${moment} ms, for ${span} ms`;
        t.notOk(words(network).includes('transition'), `${what}: ${words(network)}`);
        t.ok(
          held(network).every((by) => by === 'lb1' || by === 'lb2'),
          `${what}: ${held(network)}`,
        );
      }
  });
