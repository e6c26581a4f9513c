import t from 'tap';
import { attemptOf } from '../../lib/alerts/webhook-status.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

t.test('any 2xx is taken', async (t) => {
  for (const status of [200, 201, 202, 204, 299])
    t.strictSame(attemptOf(status, undefined, NOW), { taken: true });
});

const FINAL = [
  [301, '301 Moved Permanently: redirects are not followed'],
  [307, '307 Temporary Redirect: redirects are not followed'],
  [400, '400 Bad Request'],
  [401, '401 Unauthorized'],
  [404, '404 Not Found'],
  [410, '410 Gone'],
  [499, '499'],
] as const;

for (const [status, reason] of FINAL)
  t.test(`${status} is final`, async (t) => {
    const attempt = { taken: false, again: false, reason };
    t.strictSame(attemptOf(status, '5', NOW), attempt);
  });

for (const status of [408, 425, 429, 500, 502, 503, 504, 599, 100, 0])
  t.test(`${status} is tried again`, async (t) => {
    const isOdd = status < 200;
    t.match(attemptOf(status, undefined, NOW), { taken: false, again: !isOdd });
  });

const WAITS = [
  ['7', 7_000],
  ['0', undefined],
  ['999999999', 300_000],
  ['9'.repeat(400), undefined],
  ['-5', undefined],
  ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
  ['Mon, 23 Nov 2026 11:59:30 GMT', undefined],
  ['Sat, 01 Jan 2999 00:00:00 GMT', 300_000],
  ['soon', undefined],
  [undefined, undefined],
] as const;

for (const [header, waitMs] of WAITS)
  t.test(`Retry-After: ${header?.slice(0, 40)}`, async (t) => {
    t.match(attemptOf(429, header, NOW), { again: true, waitMs });
  });
