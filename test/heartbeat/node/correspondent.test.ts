import t from 'tap';
import { Correspondent } from '../../../lib/heartbeat/node/correspondent.ts';

const OPTIONS = { maxDelayMs: 1000, random: () => 0 };

t.test(
  'an offer overtakes the status of before, where that tells of moves',
  async (t) => {
    for (const isOurs of [false, true]) {
      const peer = new Correspondent('lb2', OPTIONS);
      peer.isOurs = isOurs;
      peer.noteMove('ask_resources', 'me', 8);
      t.equal(peer.isState(7), !isOurs);
      t.ok(peer.isState(9));
    }
  },
);

t.test('all else that moves something overtakes what was said before', async (t) => {
  const peer = new Correspondent('lb2', OPTIONS);
  peer.noteMove('ask_resources', 'done', 8);
  t.notOk(peer.isState(7));
});
