import t from 'tap';
import { RECHECK_MS } from '../../../../lib/engines/net/worker/persistence.ts';
import { leftOf } from '../../../../lib/engines/net/worker/template-words.ts';

const NOW = 500_000;

/** How long one that expires in that time is told to live. */
function leftMs(inMs: number, open: number): number {
  const server = { service: 'tcp:192.0.2.1:80', id: '192.0.2.21:80' };
  const template = { key: 'client', server, open, expires: NOW + inMs };
  return leftOf(template, undefined, NOW).end - Date.now();
}

const isAbout = (ms: number, expected: number) => Math.abs(ms - expected) < 1000;

t.test('what only an open connection holds lives on', async (t) => {
  t.ok(isAbout(leftMs(30_000, 0), 30_000));
  t.ok(isAbout(leftMs(-2_000, 0), -2_000));
  t.ok(isAbout(leftMs(-2_000, 1), RECHECK_MS));
  t.ok(isAbout(leftMs(300_000, 2), 300_000));
});
