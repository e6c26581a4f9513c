import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createAlerts } from '../../lib/alerts/alerts.ts';
import type { Courier } from '../../lib/alerts/courier.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';
import { recordingLog } from '../support/recording-log.ts';
import { NOON } from '../support/reports.ts';

const REAL = '10.1.1.21:80';
const FREQ_S = 0.02;

/** Alerts, and how many mails were handed to the post. */
function theAlerts(t: Test) {
  let mails = 0;
  const courier: Courier = {
    follow() {},
    send: () => void mails++,
    status: () => ({ sent: mails, failed: 0, dropped: 0, pending: 0, problem: null }),
    close: async () => {},
  };
  const openFile = () => assert.fail('no monitor file');
  const alerts = createAlerts({ log: recordingLog(), openFile, courier });
  t.teardown(() => alerts.close());
  return { alerts, mails: () => mails };
}

for (const digest of [false, true])
  t.test(`who has handed over reminds nobody, digest = ${digest}`, async (t) => {
    const { alerts, mails } = theAlerts(t);
    const options = { ...OPTIONS, digest };
    const fields = { emailalert: 'ops@example.com', emailalertfreq: FREQ_S, options };
    const service = aService({ reals: [aReal(REAL)], ...fields });
    alerts.follow([service]);
    const fall = () => {
      const subject = `Deleted real server: ${REAL}`;
      const notice = {
        subject,
        finding: undefined,
        state: 'running',
        at: NOON,
      } as const;
      alerts.tell(service, notice, { real: REAL, out: true });
    };
    fall();
    await alerts.tellAll(AbortSignal.timeout(5_000));
    t.equal(mails(), 1, 'what waited is sent');
    fall();
    const told = mails();
    await delay(FREQ_S * 1000 * 10);
    t.equal(mails(), told, 'nor of what a last check has found');
  });
