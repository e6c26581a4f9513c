import t from 'tap';
import { Certificates, certificateStatus } from '../../lib/director/certificates.ts';
import type { CheckReport } from '../../lib/model/check.ts';
import { aService, OPTIONS } from '../support/config.ts';
import { recordingLog } from '../support/recording-log.ts';
import { bad, good, NOON } from '../support/reports.ts';

const A = '10.1.1.21:443';
const DAY = 86_400_000;
const service = aService({ port: 443, service: 'https' });
const subject = 'CN=www.example.net';

/** A good report at that day which saw a certificate that ends on day `until`. */
const saw = (day: number, until: number): CheckReport => ({
  ...good(NOON + day * DAY),
  made: 'negotiate',
  certificate: { expiresAt: NOON + until * DAY, subject },
});

t.test('it has a problem from tls-expiry days on', async (t) => {
  const at = (ms: number, days = 30) =>
    certificateStatus(
      { expiresAt: NOON + ms, subject },
      { options: { ...OPTIONS, tlsExpiryDays: days } },
      NOON,
    );
  t.strictSame(at(30 * DAY + 1), {
    expires: new Date(NOON + 30 * DAY + 1).toISOString(),
    daysLeft: 30,
    subject,
    problem: null,
  });
  const cases = [
    [30 * DAY, 30, 'expires in 30 days, on 2026-12-23'],
    [2 * DAY - 1, 1, 'expires in 1 day, on 2026-11-25'],
    [DAY - 1, 0, 'expires within a day, on 2026-11-24'],
    [0, 0, 'expires within a day, on 2026-11-23'],
    [-1, -1, 'has expired, on 2026-11-23'],
    [-3 * DAY, -3, 'has expired, on 2026-11-20'],
  ] as const;
  for (const [ms, daysLeft, problem] of cases)
    t.match(at(ms), { daysLeft, problem }, problem);
  t.equal(at(1, 0).problem, null, 'within 0 days: not before it has expired');
  t.match(at(-1, 0).problem, 'has expired');
});

t.test('the log tells of it at once, then once a day', async (t) => {
  const log = recordingLog();
  const certificates = new Certificates(log);
  const told = (day: number, until = 40) => {
    certificates.note(service, A, saw(day, until));
    return log.take();
  };
  const place = `${A} (${service.id}) (${subject})`;
  const line = (what: string) => [`Certificate ${what}: ${place}`];
  t.strictSame(told(0), []);
  t.strictSame(told(9.9), []);
  t.strictSame(told(10), line('expires in 30 days, on 2027-01-02'));
  t.strictSame(told(10.5), []);
  t.strictSame(told(10.999), []);
  t.strictSame(told(11), line('expires in 29 days, on 2027-01-02'));
  t.strictSame(told(11.1, 400), [], 'another came in its place');
  t.strictSame(told(11.2), [], 'and they take turns');
  t.strictSame(told(41), line('has expired, on 2027-01-02'));
});

t.test('it is known until a check shows that there is none', async (t) => {
  const certificates = new Certificates(recordingLog());
  const combined = { ...service, checktype: 3 };
  const plain = (made: 'negotiate' | 'connect'): CheckReport => ({ ...good(), made });
  const knows = (told: string) =>
    t.match(certificates.of(A), { expiresAt: NOON + 400 * DAY, subject }, told);
  certificates.note(service, A, saw(0, 400));
  knows('seen');
  certificates.note(service, A, bad());
  knows('a check that failed may not have come to TLS');
  certificates.note(combined, A, plain('connect'));
  knows("a combined check's connect does not look");
  certificates.note(combined, A, plain('negotiate'));
  t.equal(certificates.of(A), undefined, 'a good negotiate did');
  certificates.note(service, A, saw(0, 400));
  certificates.note({ ...service, checktype: 'connect' }, A, plain('connect'));
  t.equal(certificates.of(A), undefined, 'nobody will look again');
});

t.test('it goes with its server', async (t) => {
  const certificates = new Certificates(recordingLog());
  certificates.note(service, A, saw(0, 400));
  certificates.keep(new Set([A]));
  t.ok(certificates.of(A));
  certificates.keep(new Set());
  t.equal(certificates.of(A), undefined);
});
