import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createAlerts } from '../../lib/alerts/alerts.ts';
import type { Courier } from '../../lib/alerts/courier.ts';
import type { Notice } from '../../lib/alerts/notice.ts';
import { aReal, aService } from '../support/config.ts';
import { recordingLog } from '../support/recording-log.ts';
import { NOON } from '../support/reports.ts';

const REAL = '10.1.1.21:80';
/** In which two reminders would come. */
const FOR_TWO_MS = 2500;

t.test('who has handed over reminds nobody', async (t) => {
  const subjects: string[] = [];
  const courier: Courier = {
    send: ({ subject }) => subjects.push(subject),
    follow() {},
    status: () => ({ sent: 0, failed: 0, dropped: 0, pending: 0, problem: null }),
    async close() {},
  };
  const alerts = createAlerts({
    log: recordingLog(),
    openFile() {
      throw new Error('no service has a monitorfile');
    },
    courier,
    sender: { user: 'root', host: 'lb1' },
  });
  t.teardown(() => alerts.close());
  const service = aService({
    emailalert: 'ops@example.com',
    emailalertfreq: 1,
    reals: [aReal(REAL)],
  });
  alerts.follow([service]);
  const tell = (subject: string) => {
    const notice: Notice = { subject, finding: undefined, state: 'running', at: NOON };
    alerts.tell(service, notice, { real: REAL, out: true });
  };
  tell('Deleted');
  await alerts.tellAll(AbortSignal.timeout(FOR_TWO_MS));
  tell('Found by a check that ran');
  await sleep(FOR_TWO_MS);
  t.strictSame(subjects, ['Deleted', 'Found by a check that ran']);
});
