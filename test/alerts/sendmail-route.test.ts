import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Mail } from '../../lib/alerts/mail.ts';
import { type Delivery, reasonOf } from '../../lib/alerts/route.ts';
import { sendmailRoute } from '../../lib/alerts/sendmail-route.ts';
import { startMailbox } from '../lab/servers/mailbox.ts';
import { lab } from '../support/lab.ts';
import { leftOn } from '../support/left-on.ts';
import { readMessage } from '../support/received-mail.ts';
import { until } from '../support/site.ts';

function aMail(subject: string, fields: Partial<Mail> = {}): Mail {
  return {
    smtp: undefined,
    to: 'root, Ops <ops@example.com>',
    from: undefined,
    subject,
    text: `${subject}\n.\nend\n`,
    date: new Date(0),
    id: `<${subject}@lb1>`,
    ...fields,
  };
}

/** Puts a program of that name first on PATH. @returns the folder in which it stands */
function onPath(t: Test, script: string): string {
  const folder = t.testdir({ bin: {} });
  writeFileSync(join(folder, 'bin/sendmail'), `#!/bin/sh\ncd ${folder}\n${script}\n`, {
    mode: 0o755,
  });
  usePath(t, `${folder}/bin:${process.env.PATH}`);
  return folder;
}

function usePath(t: Test, path: string): void {
  const { PATH = '' } = process.env;
  process.env.PATH = path;
  t.teardown(() => {
    process.env.PATH = PATH;
  });
}

async function send(
  mails: readonly Mail[],
  timeoutMs = 30_000,
  signal = new AbortController().signal,
) {
  const told: Delivery[] = [];
  const failure = await sendmailRoute(timeoutMs)
    .send(mails, (_mail, delivery) => void told.push(delivery), signal)
    .then(() => undefined, reasonOf);
  return { told, failure };
}

const RECORD = 'printf "%s\\n" "$@" > args; cat > mail';

t.test(
  'the mail goes to its standard input, the envelope to its arguments',
  async (t) => {
    const folder = onPath(t, RECORD);
    const { told } = await send([aMail('one', { from: '"A B" <a@example.com>' })]);
    t.strictSame(told, [{ taken: true }]);
    t.strictSame(
      readFileSync(join(folder, 'args'), 'utf8').split('\n').filter(Boolean),
      ['-i', '-f', 'a@example.com', '--', 'root', 'ops@example.com'],
    );
    const { headers, body } = readMessage(readFileSync(join(folder, 'mail'), 'utf8'));
    t.match(Object.fromEntries(headers), {
      from: '"A B" <a@example.com>',
      to: 'root, Ops <ops@example.com>',
      subject: 'one',
    });
    t.equal(body, 'one\n.\nend');
  },
);

t.test('without emailalertfrom the mailer says who sends', async (t) => {
  const folder = onPath(t, RECORD);
  await send([aMail('one')]);
  t.notMatch(readFileSync(join(folder, 'args'), 'utf8'), /-f/);
  t.notOk(readMessage(readFileSync(join(folder, 'mail'), 'utf8')).headers.has('from'));
});

t.test('no address is taken for an option', async (t) => {
  const folder = onPath(t, RECORD);
  await send([aMail('one', { to: '-oQ/tmp, -bs' })]);
  t.match(readFileSync(join(folder, 'args'), 'utf8'), /^-i\n--\n-oQ\/tmp\n-bs\n$/);
});

/** What it does, and what is told of it. */
const FAILURES = [
  ['exit 75', 'exit status 75'],
  [
    'cat > /dev/null; echo "queue is\nfull" >&2; exit 75',
    'exit status 75: queue is full',
  ],
  ['echo no >&2; exit 1', 'exit status 1: no'],
  ['kill -9 $$', 'killed by SIGKILL'],
  ['yes 1>&2 & exit 1', 'exit status 1: y y y'],
] as const;

for (const [script, reason] of FAILURES)
  t.test(`a mail that it did not take is tried again: ${reason}`, async (t) => {
    const folder = onPath(t, `echo $$ > pid; ${script}`);
    const { told, failure } = await send([aMail('x'.repeat(200_000)), aMail('two')]);
    t.match(told, [
      { taken: false, again: true, reason },
      { taken: false, again: true, reason },
    ]);
    t.equal(failure, undefined, 'the next is tried all the same');
    t.ok(existsSync(join(folder, 'pid')));
  });

t.test('nothing is left of a mail on the signal of its lane', async (t) => {
  onPath(t, RECORD);
  const { signal } = new AbortController();
  const { told } = await send([aMail('one'), aMail('two')], 30_000, signal);
  t.match(told, [{ taken: true }, { taken: true }]);
  t.strictSame(leftOn(signal), []);
});

t.test('past its time it is killed, and what it started', async (t) => {
  const folder = onPath(t, 'sleep 1000 & echo $! > child; wait');
  const { told } = await send([aMail('one')], 3_000);
  t.match(told, [{ taken: false, again: true, reason: 'timeout after 3 s, killed' }]);
  const child = readFileSync(join(folder, 'child'), 'utf8').trim();
  await until(() => gone(child), 'the end of what it started');
});

function gone(pid: string): boolean {
  return (
    !existsSync(`/proc/${pid}`) || / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  );
}

t.test('it ends at once when the director does', async (t) => {
  const folder = onPath(t, 'touch begun; sleep 1000');
  const stop = new AbortController();
  const sending = send([aMail('one'), aMail('two')], 600_000, stop.signal);
  await until(() => existsSync(join(folder, 'begun')), 'sendmail');
  stop.abort(new Error('the director ends'));
  const { told, failure } = await sending;
  t.match(told, [{ taken: false, reason: 'the director ends, killed' }]);
  t.equal(failure, 'the director ends');
});

t.test('Postfix takes it', lab('sendmail', 'openssl', 'root'), async (t) => {
  const box = await startMailbox(t);
  onPath(t, `exec ${box.sendmail} "$@"`);
  const { told } = await send([
    aMail('one', { to: 'ops@example.com', from: 'a@example.com' }),
  ]);
  t.strictSame(told, [{ taken: true }]);
  const [mail] = await box.got(1);
  t.match(Object.fromEntries(mail?.headers ?? []), {
    subject: 'one',
    from: 'a@example.com',
    'return-path': '<a@example.com>',
  });
  t.equal(mail?.body, 'one\n.\nend');
});
