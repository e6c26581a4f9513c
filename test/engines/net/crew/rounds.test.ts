import t from 'tap';
import { Rounds } from '../../../../lib/engines/net/crew/rounds.ts';

const REPORT = { id: 'tcp:10.1.1.19:80', state: 'listening' } as const;

t.test(
  'a round is over when each worker has answered it, or a later one',
  async (t) => {
    const rounds = new Rounds();
    const first = rounds.begin([0, 1]);
    t.equal(rounds.sequence, 1);
    const second = rounds.begin([0, 1]);
    t.equal(rounds.sequence, 2);
    t.ok(rounds.answered(0, 1, [REPORT]));
    t.ok(rounds.answered(1, 2, []), 'both at once');
    t.strictSame(
      [...(await first)],
      [
        [0, [REPORT]],
        [1, []],
      ],
    );
    t.notOk(rounds.answered(1, 2, []), 'nobody waits for that one any more');
    t.ok(rounds.answered(0, 2, []));
    t.equal((await second).size, 2);
  },
);

t.test('what is under way at the close settles with what there is', async (t) => {
  const rounds = new Rounds();
  const round = rounds.begin([0, 1]);
  rounds.answered(0, 1, [REPORT]);
  rounds.close();
  t.strictSame([...(await round)], [[0, [REPORT]]]);
});
