import fc from 'fast-check';
import t from 'tap';
import { Digest } from '../../lib/alerts/digest.ts';
import { letterOf } from '../../lib/alerts/letter.ts';
import { mailOf, mailSubject } from '../../lib/alerts/mail.ts';
import type { Notice } from '../../lib/alerts/notice.ts';
import { aService } from '../support/config.ts';
import { readMessage } from '../support/received-mail.ts';
import { NOON } from '../support/reports.ts';

const SENDER = { user: 'root', host: 'lb1' };
const to = { emailalert: 'ops@example.com' };

function notice(fields: Partial<Notice> = {}): Notice {
  return {
    subject: 'Quiescent real server: 10.1.1.21:80 (10.1.1.19:80) (Weight set to 0)',
    finding: undefined,
    state: 'running',
    at: NOON,
    ...fields,
  };
}

const mail = (fields = {}, notices = [notice()]) =>
  mailOf({ ...aService(), ...to, ...fields }, new Digest(...notices), SENDER);

t.test('a mail holds what ldirectord writes, in its order', async (t) => {
  const subject = notice().subject;
  t.match(mail(), {
    to: 'ops@example.com',
    from: undefined,
    subject,
    text: `ldirectord host: lb1\nLog-Message: ${subject}\nDaemon-Status: running\n`,
  });
});

t.test('servicename and comment stand where ldirectord puts them', async (t) => {
  const subject = `[shop] ${notice().subject}`;
  const { text } = mail({ servicename: 'shop', comment: 'the shop' });
  t.equal(
    text,
    `ldirectord host: lb1\nLog-Message: ${subject}\nDaemon-Status: running\n\nService name: shop\nComment: the shop\n\n`,
  );
  t.match(mail({ comment: 'the shop' }).text, /\n\nComment: the shop\n\n$/);
});

t.test('what the check found is told', async (t) => {
  const found = [notice({ finding: 'connect, 3 ms: connect ECONNREFUSED' })];
  t.match(mail({}, found).text, /\nCheck: connect, 3 ms: connect ECONNREFUSED\n$/);
});

t.test('the sender: as configured, else user@host over SMTP', async (t) => {
  t.equal(mail({ smtp: 'mail.example.com' }).from, 'root@lb1');
  t.equal(mail().from, undefined, 'the local mailer decides');
  for (const smtp of [undefined, 'mail.example.com'])
    t.equal(mail({ smtp, emailalertfrom: 'a@example.com' }).from, 'a@example.com');
});

t.test('a digest counts by kind and lists all, with time and finding', async (t) => {
  const notices = [
    notice({ finding: 'connect, 3 ms: refused' }),
    notice(),
    notice({ subject: 'Added fallback server: 127.0.0.1:80 (10.1.1.19:80)' }),
  ];
  const service = aService();
  t.equal(
    mailSubject(service, new Digest(...notices)),
    '3 changes of virtual server: 10.1.1.19:80 (2 Quiescent, 1 Added)',
  );
  const { text } = mail({}, notices);
  const lines = text
    .split('\n')
    .filter((line) => / real server: | fallback server: /.test(line));
  t.equal(lines.length, 3);
  t.match(lines[0], /^... Nov .* 2026: Quiescent real .* \(connect, 3 ms: refused\)$/);
});

t.test('a digest of thousands stays a mail', async (t) => {
  const { text } = mail(
    {},
    Array.from({ length: 5000 }, () => notice()),
  );
  t.match(text, /\nand 4000 more\n/);
  t.ok(text.length < 200_000);
});

const ODD = 'a\r\nBcc: victim@example.com\r\n\r\n.\r\nQUIT\u2028\u0085\0';

t.test('no value can end a line', async (t) => {
  const fields = {
    servicename: ODD,
    comment: ODD,
    emailalertfrom: ODD,
    emailalert: ODD,
  };
  const made = mail(fields, [notice({ subject: ODD, finding: ODD })]);
  const { message } = letterOf(made);
  const { headers } = readMessage(message);
  t.notOk(headers.has('bcc'));
  t.notMatch(message, /^(Bcc|QUIT|\.)/m);
  t.notMatch(message, /\r/);
  for (const text of [made.subject, made.to, made.from ?? ''])
    t.notMatch(text, /\p{Cc}/u);
});

const FIELDS =
  /^(From|To|Subject|Date|Message-ID|Auto-Submitted|MIME-Version|Content-Type|Content-Transfer-Encoding): /;

t.test('whatever the values hold, the header holds our fields alone', async (t) => {
  const any = fc.string({ unit: 'binary', maxLength: 300 });
  const values = fc.tuple(any, any, any, any, any);
  const holds = fc.property(values, ([servicename, comment, from, text, found]) => {
    const emailalert = `${text}, a@example.com`;
    const own = { servicename, comment, emailalertfrom: from, emailalert };
    const made = mail({ ...own, smtp: 'lab' }, [
      notice({ subject: text, finding: found }),
    ]);
    const { message } = letterOf(made);
    const [, header = '', body = ''] = /^(.*?)\n\n(.*)$/s.exec(message) ?? [];
    const lines = header.split('\n');
    return (
      lines.filter((line) => !line.startsWith(' ')).length === 9 &&
      lines.every((line) => line.startsWith(' ') || FIELDS.test(line)) &&
      /^\P{Cc}*$/u.test(header.replaceAll('\n', '')) &&
      /^[\n -~]*$/.test(body) &&
      message.split('\n').every((line) => line.length < 998)
    );
  });
  t.doesNotThrow(() => fc.assert(holds, { numRuns: 1000 }));
});

t.test('no line is longer than SMTP takes', async (t) => {
  const long = 'ü'.repeat(4000);
  const made = mail({ servicename: long, comment: 'x'.repeat(4000) });
  for (const line of letterOf(made).message.split('\n')) t.ok(line.length < 998);
});

t.test('however many recipients there are, all of them get it', async (t) => {
  const all = Array.from({ length: 150 }, (_, n) => `ops-${n}@example.com`);
  const letter = letterOf(mail({ emailalert: all.join(', ') }));
  t.strictSame(letter.to, all);
  for (const line of letter.message.split('\n')) t.ok(line.length < 998);
});

t.test('words that are not ASCII arrive whole', async (t) => {
  const servicename = 'Größe 🧰 '.repeat(40).trim();
  const made = mail({
    servicename,
    emailalertfrom: '"Büro, Nord" <a@example.com>',
    emailalert: 'Müller <b@example.com>, root',
  });
  const letter = letterOf(made);
  const { headers, body } = readMessage(letter.message);
  t.equal(decoded(headers.get('subject')), made.subject);
  t.equal(decoded(headers.get('from')), 'Büro, Nord <a@example.com>');
  t.equal(decoded(headers.get('to')), 'Müller <b@example.com>, <root>');
  t.equal(Buffer.from(body, 'base64').toString(), made.text);
  t.strictSame([letter.from, letter.to], ['a@example.com', ['b@example.com', 'root']]);
  t.match(letter.message, /^[\n -~]*$/);
});

t.test('what is ASCII goes as it was written, unfolded', async (t) => {
  const from = '"ldirectord Alerts" <alerts@example.com>';
  const made = mail({ servicename: 'x'.repeat(200), emailalertfrom: from });
  const { message } = letterOf(made);
  for (const line of [
    `From: ${from}`,
    `Subject: ${made.subject}`,
    'To: ops@example.com',
  ])
    t.ok(message.split('\n').includes(line), line);
  t.match(message, /^Date: Mon, 23 Nov 2026 13:30:07 \+0000$/m);
  t.match(message, /^Message-ID: <[0-9a-f-]+@lb1>$/m);
});

/** RFC 2047: blanks between encoded words do not count. */
function decoded(text = ''): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?UTF-8\?B\?([^?]*)\?=/g, (_, word) => `${Buffer.from(word, 'base64')}`);
}
