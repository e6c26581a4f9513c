import t from 'tap';
import { Digest } from '../../lib/alerts/digest.ts';

t.test('a digest keeps the first changes, and counts all by kind', async (t) => {
  const digest = new Digest();
  for (let number = 0; number < 100_000; number++) {
    const subject = `${number % 4 === 0 ? 'Added' : 'Quiescent'} real server: ${number}`;
    digest.add({ subject, finding: undefined, state: 'running', at: number });
  }
  t.equal(digest.size, 100_000);
  t.equal(digest.notices.length, 1000);
  t.equal(digest.notices[0]?.subject, 'Added real server: 0');
  t.strictSame(
    [...digest.counts],
    [
      ['Added', 25_000],
      ['Quiescent', 75_000],
    ],
  );
});
