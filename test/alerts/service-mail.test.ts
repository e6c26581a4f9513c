import t, { type Test } from 'tap';
import type { AlertState, Notice } from '../../lib/alerts/notice.ts';
import { ServiceMail } from '../../lib/alerts/service-mail.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';
import { NOON } from '../support/reports.ts';

const DIGEST = { options: { ...OPTIONS, digest: true } };

/** A service's alerts, and the subjects of its mails, several of a mail joined by ` + `. */
function aServiceMail(t: Test, fields: Partial<VirtualService> = {}) {
  const mails: string[] = [];
  const waiting = new Set<() => void>();
  const make = (more: Partial<VirtualService> = {}) =>
    aService({
      emailalert: 'ops@example.com',
      checkinterval: 0.1,
      reals: [aReal('10.1.1.21:80'), aReal('10.1.1.22:80')],
      ...fields,
      ...more,
    });
  const mail = new ServiceMail(make(), {
    now: () => NOON,
    post(_service, { notices }) {
      mails.push(notices.map(({ subject }) => subject).join(' + '));
      for (const look of waiting) look();
    },
  });
  t.teardown(() => mail.end());
  const got = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (mails.length >= count) resolve();
      };
      waiting.add(look);
      look();
    });
  const tell = (subject: string, state: AlertState = 'running') => {
    const notice: Notice = { subject, finding: undefined, state, at: NOON };
    mail.tell(notice, undefined);
  };
  const down = (real: string, out = true) =>
    mail.tell(
      {
        subject: `${out ? 'Deleted' : 'Added'} ${real}`,
        finding: undefined,
        state: 'running',
        at: NOON,
      },
      { real, out },
    );
  return { mail, mails, make, got, tell, down };
}

t.test('each change is a mail', async (t) => {
  const { mails, tell } = aServiceMail(t);
  tell('one');
  tell('two');
  t.strictSame(mails, ['one', 'two']);
});

t.test('emailalertstatus selects by what the director was doing', async (t) => {
  const { mails, tell } = aServiceMail(t, {
    emailalertstatus: ['starting', 'stopping'],
  });
  for (const state of ['starting', 'running', 'stopping', 'reloading'] as const)
    tell(state, state);
  t.strictSame(mails, ['starting', 'stopping']);
});

for (const emailalert of [undefined, ''])
  t.test(`nobody is told without an address: ${emailalert}`, async (t) => {
    const { mails, tell } = aServiceMail(t, { emailalert });
    tell('one');
    t.strictSame(mails, []);
  });

t.test('a digest holds what comes until its time is over', async (t) => {
  const { mails, tell, got } = aServiceMail(t, DIGEST);
  tell('one');
  tell('two');
  t.strictSame(mails, []);
  await got(1);
  t.strictSame(mails, ['one + two']);
});

t.test('a digest is about one state of the director', async (t) => {
  const { mail, mails, tell } = aServiceMail(t, DIGEST);
  tell('one', 'starting');
  tell('two', 'running');
  tell('three', 'starting');
  tell('four', 'running');
  t.strictSame(mails, [], 'however they take turns');
  mail.end();
  t.strictSame(mails, ['one + three', 'two + four'], 'at the end it goes at once');
});

t.test('a reload without digest sends what waits', async (t) => {
  const { mail, mails, make, tell } = aServiceMail(t, DIGEST);
  tell('one');
  mail.follow(make({ options: OPTIONS }));
  t.strictSame(mails, ['one']);
});

t.test('a server that stays down is told of again, until it is back', async (t) => {
  const { mails, down, got } = aServiceMail(t, { emailalertfreq: 0.05 });
  down('10.1.1.21:80');
  await got(3);
  const again = 'Inaccessible real server: 10.1.1.21:80 (10.1.1.19:80)';
  t.strictSame(mails.slice(0, 3), ['Deleted 10.1.1.21:80', again, again]);
  down('10.1.1.21:80', false);
  const before = mails.length;
  down('10.1.1.22:80');
  await got(before + 3);
  t.notOk(mails.slice(before).includes(again));
});

t.test('a reload changes how often, and forgets servers that left', async (t) => {
  const { mail, mails, make, down, got } = aServiceMail(t);
  down('10.1.1.21:80');
  down('10.1.1.22:80');
  mail.follow(make({ emailalertfreq: 0.05, reals: [aReal('10.1.1.22:80')] }));
  await got(4);
  const again = 'Inaccessible real server: 10.1.1.22:80 (10.1.1.19:80)';
  t.strictSame(mails.slice(2, 4), [again, again]);
});

t.test('reminders go into the digest too', async (t) => {
  const fields = { ...DIGEST, checkinterval: 60, emailalertfreq: 0.05 };
  const { mail, mails, down } = aServiceMail(t, fields);
  down('10.1.1.21:80');
  down('10.1.1.22:80');
  await new Promise((resolve) => setTimeout(resolve, 80));
  mail.end();
  const again = (real: string) => `Inaccessible real server: ${real} (10.1.1.19:80)`;
  const both = `${again('10.1.1.21:80')} + ${again('10.1.1.22:80')}`;
  t.equal(mails.length, 1);
  t.match(mails[0], `Deleted 10.1.1.21:80 + Deleted 10.1.1.22:80 + ${both}`);
});

t.test('after the end nobody is reminded', async (t) => {
  const { mail, mails, down } = aServiceMail(t, { emailalertfreq: 0.02 });
  down('10.1.1.21:80');
  mail.end();
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.strictSame(mails, ['Deleted 10.1.1.21:80']);
});
