import t from 'tap';
import { Bell } from '../../../../lib/engines/nftables/picking/bell.ts';

t.test('rings before the work are answered by it, later ones are not', async (t) => {
  const bell = new Bell(new AbortController().signal);
  const heard: string[] = [];
  const early = Promise.all([bell.ring(), bell.ring()]).then(() => heard.push('early'));
  await bell.rung(1e6);
  const answer = bell.take();
  const late = bell.ring().then(() => heard.push('late'));
  answer();
  await early;
  t.same(heard, ['early']);
  await bell.rung(1e6);
  bell.take()();
  await late;
  t.same(heard, ['early', 'late']);
});

t.test('who waits is woken by a ring, or when the time is over', async () => {
  const bell = new Bell(new AbortController().signal);
  const woken = bell.rung(1e6);
  const ring = bell.ring();
  await woken;
  bell.take()();
  await ring;
  await bell.rung(1);
});

t.test('the end answers all, and nobody waits after it', async () => {
  const stop = new AbortController();
  const bell = new Bell(stop.signal);
  const waiting = [bell.rung(1e6), bell.ring()];
  stop.abort();
  await Promise.all(waiting);
  await bell.ring();
  await bell.rung(1e6);
});
