import t from 'tap';
import type { CheckReport } from '../../lib/model/check.ts';
import { aConfig, aReal, aService } from '../support/config.ts';
import { aBench, WEB } from '../support/director.ts';
import { bad, good, maintained, NOON } from '../support/reports.ts';

const A = '10.1.1.21:80';
const B = '10.1.1.22:80';

const made = (word: 'negotiate' | 'connect', report: CheckReport): CheckReport => ({
  ...report,
  made: word,
});

t.test('the status holds the last results when they are asked for', async (t) => {
  const { director, runner } = aBench(t);
  await director.apply(aConfig([aService({ checktype: 3, reals: [aReal(A)] })]));
  runner.report(A, made('negotiate', good(NOON)));
  runner.report(A, made('connect', bad(NOON + 1000)));
  runner.report(A, maintained(NOON + 2000));
  const real = async (checks?: number) =>
    (await director.services(checks))[0]?.reals[0];
  t.equal((await real())?.checks, undefined);
  t.match((await real())?.check, { made: null, type: '3', certificate: null });
  const refused = 'connect ECONNREFUSED 10.1.1.21:80';
  const row = (after: number, up: boolean, made: string | null, message: string) => ({
    at: new Date(NOON + after).toISOString(),
    durationMs: 3.2,
    up,
    made,
    message,
  });
  t.strictSame((await real(20))?.checks, [
    row(2000, false, null, 'Server in maintenance'),
    row(1000, false, 'connect', refused),
    row(0, true, 'negotiate', '200 OK'),
  ]);
  t.equal((await real(1))?.checks?.length, 1);
});

t.test('they outlive a reload, and end with their server', async (t) => {
  const { director, runner } = aBench(t);
  const apply = (places: readonly string[], request: string) =>
    director.apply(
      aConfig([aService({ request, reals: places.map((place) => aReal(place)) })]),
    );
  const counts = async () =>
    Object.fromEntries(
      ((await director.services(20)).find(({ id }) => id === WEB)?.reals ?? []).map(
        ({ id, checks }) => [id, checks?.length],
      ),
    );
  await apply([A, B], '/');
  for (const place of [A, B, A]) runner.report(place, good());
  await apply([A, B], '/changed');
  t.strictSame(await counts(), { [A]: 2, [B]: 1 });
  await apply([A], '/changed');
  await apply([A, B], '/changed');
  t.strictSame(await counts(), { [A]: 2, [B]: 0 });
});

t.test('a certificate is in the status, with words when it is time', async (t) => {
  const { director, runner, log } = aBench(t);
  const options = { ...aService().options, tlsExpiryDays: 10 };
  const service = aService({ service: 'https', options, reals: [aReal(A)] });
  await director.apply(aConfig([service]));
  const certificate = { expiresAt: NOON + 9.5 * 86_400_000, subject: 'CN=a' };
  runner.report(A, { ...good(), made: 'negotiate', certificate });
  runner.report(A, bad());
  t.match((await director.services())[0]?.reals[0]?.check, {
    up: false,
    certificate: { daysLeft: 9, subject: 'CN=a', problem: /^expires in 9 days, on 20/ },
  });
  t.match(
    log.lines.filter((line) => line.startsWith('Certificate')),
    [
      /^Certificate expires in 9 days, on [\d-]+: 10\.1\.1\.21:80 \(tcp:[^)]+\) \(CN=a\)$/,
    ],
  );
});
