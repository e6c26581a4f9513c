import t from 'tap';
import { createConnectFailureLog } from '../../lib/director/connect-failures.ts';
import { recordingLog } from '../support/recording-log.ts';

t.test('after a minute the line says how many were kept silent', async (t) => {
  const log = recordingLog();
  let now = 0;
  const failed = createConnectFailureLog(log, () => now);
  for (now = 0; now < 60_000; now += 10_000) failed('V', 'R', 'ECONNREFUSED');
  t.strictSame(log.take(), ['Connect failed: R (V) (ECONNREFUSED)']);
  failed('V', 'R', 'ETIMEDOUT');
  t.strictSame(log.take(), [
    'Connect failed: R (V) (ETIMEDOUT, 5 more since the last such line)',
  ]);
  now += 60_000;
  failed('V', 'R', 'ETIMEDOUT');
  t.strictSame(log.take(), ['Connect failed: R (V) (ETIMEDOUT)']);
});
