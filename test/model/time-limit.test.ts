import { getEventListeners, once } from 'node:events';
import t from 'tap';
import { TimeLimit } from '../../lib/model/time-limit.ts';

t.test('over when its time is, or with its source', async (t) => {
  const source = new AbortController();
  using short = new TimeLimit(1, source.signal);
  using long = new TimeLimit(1e6, source.signal);
  await once(short.signal, 'abort');
  t.match(short.signal.reason, {
    name: 'TimeoutError',
    message: 'timeout after 0.001 s',
  });
  t.notOk(long.signal.aborted);
  source.abort(new Error('the end'));
  t.match(long.signal.reason, { message: 'the end' });
  using late = new TimeLimit(1e6, source.signal);
  t.ok(late.signal.aborted);
});

t.test('it leaves no listener and no timer', async (t) => {
  const source = new AbortController();
  {
    using limit = new TimeLimit(1e6, source.signal);
    t.equal(getEventListeners(source.signal, 'abort').length, 1);
    t.notOk(limit.signal.aborted);
  }
  t.equal(getEventListeners(source.signal, 'abort').length, 0);
});
