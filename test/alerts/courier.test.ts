import t from 'tap';
import { createCourier } from '../../lib/alerts/courier.ts';
import type { Patience } from '../../lib/alerts/lane.ts';
import type { Mail } from '../../lib/alerts/mail.ts';
import type { Delivery, Route } from '../../lib/alerts/route.ts';
import { recordingLog } from '../support/recording-log.ts';

const SOON: Patience = { firstMs: 1, longestMs: 4, attempts: 3 };
const NEVER: Patience = { firstMs: 1e6, longestMs: 1e6, attempts: 3 };

function aMail(subject: string, smtp = 'mail.example.com'): Mail {
  const date = new Date(0);
  return {
    smtp,
    to: 'a@example.com',
    from: 'b@example.com',
    subject,
    text: '',
    date,
    id: '',
  };
}

type Answer = (mail: Mail) => Delivery | Promise<Delivery>;

/** A courier whose mail servers answer as told; `sessions` are the mails of each. */
function aCourier(answer: Answer, patience = SOON) {
  const log = recordingLog();
  const sessions: string[][] = [];
  const route = (smtp = 'local'): Route => ({
    what: 'SMTP email message',
    name: smtp,
    async send(mails, told, signal) {
      const session: string[] = [];
      sessions.push(session);
      const cut = new Promise<never>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
      for (const mail of mails) {
        session.push(mail.subject);
        told(mail, await Promise.race([answer(mail), cut]));
      }
    },
  });
  const courier = createCourier({ log, route, patience });
  const idle = async () => {
    while (courier.status().pending > 0) await new Promise(setImmediate);
  };
  return { courier, log, sessions, idle };
}

const taken: Delivery = { taken: true };
const later: Delivery = { taken: false, again: true, reason: '450 later' };
const never: Delivery = { taken: false, again: false, reason: '550 no' };

t.test('mails of one moment share a connection, in order', async (t) => {
  const { courier, sessions, idle, log } = aCourier(() => taken);
  for (let n = 0; n < 5; n++) courier.send(aMail(`${n}`));
  t.equal(courier.status().pending, 5);
  await idle();
  t.strictSame(sessions, [['0', '1', '2', '3', '4']]);
  t.strictSame(courier.status(), {
    sent: 5,
    failed: 0,
    dropped: 0,
    pending: 0,
    problem: null,
  });
  t.strictSame(log.lines, []);
});

t.test('a mail that failed is tried again, behind the others', async (t) => {
  let refusals = 2;
  const { courier, sessions, idle, log } = aCourier(({ subject }) =>
    subject === 'a' && refusals-- > 0 ? later : taken,
  );
  courier.send(aMail('a'));
  courier.send(aMail('b'));
  await idle();
  t.strictSame(sessions, [['a', 'b'], ['a'], ['a']]);
  t.match(courier.status(), { sent: 2, failed: 2, dropped: 0, problem: null });
  t.match(
    log.lines[0],
    'failed to send SMTP email message: mail.example.com: 450 later',
  );
  t.equal(log.lines.at(-1), 'SMTP email message sent again: mail.example.com');
});

t.test('attempts have a bound, and the log tells once', async (t) => {
  const { courier, sessions, idle, log } = aCourier(() => later);
  for (const subject of ['a', 'b', 'c']) courier.send(aMail(subject));
  await idle();
  t.equal(sessions.length, 3);
  t.match(courier.status(), { sent: 0, failed: 9, dropped: 3, problem: /450 later/ });
  t.strictSame(log.lines, [
    'failed to send SMTP email message: mail.example.com: 450 later',
    'SMTP email message dropped, given up after 3 attempts: mail.example.com: 450 later',
  ]);
});

t.test('what is refused for good is not tried again', async (t) => {
  const { courier, sessions, idle, log } = aCourier(() => never);
  courier.send(aMail('a'));
  courier.send(aMail('b'));
  await idle();
  t.strictSame(sessions, [['a', 'b']]);
  t.match(courier.status(), { failed: 2, dropped: 2 });
  t.strictSame(log.lines, [
    'SMTP email message dropped, refused: mail.example.com: 550 no',
  ]);
});

t.test('a recipient that was refused is named', async (t) => {
  const { courier, idle, log } = aCourier(() => ({ taken: true, refused: '550 who?' }));
  courier.send(aMail('a'));
  await idle();
  t.match(log.lines, [/refused for some: mail.example.com: 550 who\?/]);
});

t.test('a dead connection fails all that wait, each once', async (t) => {
  let alive = false;
  const { courier, idle } = aCourier(() => {
    if (!alive) throw new Error('connect ECONNREFUSED');
    return taken;
  }, NEVER);
  courier.send(aMail('a'));
  courier.send(aMail('b'));
  while (courier.status().failed < 2) await new Promise(setImmediate);
  t.match(courier.status(), {
    failed: 2,
    problem: 'mail.example.com: connect ECONNREFUSED',
  });
  alive = true;
  courier.follow(new Set(['mail.example.com']));
  await idle();
  t.match(courier.status(), { sent: 2, dropped: 0, problem: null });
});

t.test('a server that takes one mail a connection gets them all', async (t) => {
  const { courier, sessions, idle } = aCourier(() => {
    if (sessions.at(-1)?.length === 1) return taken;
    throw new Error('421 too many mails');
  }, NEVER);
  for (let n = 0; n < 8; n++) courier.send(aMail(`${n}`));
  await idle();
  t.equal(sessions.length, 8);
  t.match(courier.status(), { sent: 8, failed: 0, dropped: 0 });
});

t.test('a server that hangs delays no other server', async (t) => {
  const { courier, log } = aCourier(({ smtp }) =>
    smtp === 'hangs' ? new Promise(() => {}) : taken,
  );
  courier.send(aMail('a', 'hangs'));
  for (let n = 0; n < 100; n++) courier.send(aMail(`${n}`, 'works'));
  while (courier.status().sent < 100) await new Promise(setImmediate);
  t.equal(courier.status().pending, 1);
  const begun = performance.now();
  await courier.close(50);
  t.ok(performance.now() - begun < 5000, 'the end does not wait for it either');
  t.equal(log.lines.at(-1), '1 email messages were not sent');
});

t.test('at most 1,000 wait; what comes on top is dropped and told once', async (t) => {
  const { courier, log } = aCourier(({ smtp }) =>
    smtp === 'hangs' ? new Promise(() => {}) : taken,
  );
  for (let n = 0; n < 1500; n++) courier.send(aMail(`${n}`, 'hangs'));
  t.match(courier.status(), { pending: 1000, dropped: 500 });
  t.strictSame(log.lines, ['SMTP email message dropped, 1000 are waiting: hangs']);
  courier.send(aMail('other', 'works'));
  while (courier.status().sent < 1) await new Promise(setImmediate);
  await courier.close(10);
});

t.test('a reload tries at once what waits', async (t) => {
  let alive = false;
  const { courier, idle, log } = aCourier(() => (alive ? taken : later), NEVER);
  courier.send(aMail('a'));
  await log.saw(/failed to send/);
  alive = true;
  await new Promise(setImmediate);
  courier.follow(new Set(['mail.example.com']));
  await idle();
  t.equal(courier.status().sent, 1);
});

t.test('trouble with a server that nobody names any more is forgotten', async (t) => {
  const { courier, idle } = aCourier(({ smtp }) => (smtp === 'typo' ? never : taken));
  courier.send(aMail('a', 'typo'));
  courier.send(aMail('b', 'works'));
  await idle();
  const counts = { sent: 1, failed: 1, dropped: 1, pending: 0 };
  t.strictSame(courier.status(), { ...counts, problem: 'typo: 550 no' });
  courier.follow(new Set(['typo', 'works']));
  t.equal(courier.status().problem, 'typo: 550 no');
  courier.follow(new Set(['works']));
  t.strictSame(courier.status(), { ...counts, problem: null });
});

t.test('the end is one more attempt, and no further ones', async (t) => {
  let alive = false;
  const { courier, sessions, log } = aCourier(
    ({ subject }) => (alive && subject !== 'b' ? taken : later),
    NEVER,
  );
  courier.send(aMail('a'));
  courier.send(aMail('b'));
  await log.saw(/failed to send/);
  alive = true;
  await new Promise(setImmediate);
  await courier.close(60_000);
  t.equal(sessions.length, 2);
  t.match(courier.status(), { sent: 1, pending: 1 });
  courier.send(aMail('c'));
  t.equal(courier.status().pending, 1, 'afterwards it takes nothing');
});
