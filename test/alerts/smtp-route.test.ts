import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import type { Mail } from '../../lib/alerts/mail.ts';
import { type Delivery, reasonOf } from '../../lib/alerts/route.ts';
import { type SmtpOptions, smtpRoute } from '../../lib/alerts/smtp-route.ts';
import { startMailbox } from '../lab/servers/mailbox.ts';
import { startSmtpSink } from '../lab/servers/smtp-sink.ts';
import { lab } from '../support/lab.ts';
import { leftOn } from '../support/left-on.ts';
import { rawServer } from '../support/raw-server.ts';

const SENDER = { user: 'root', host: 'lb1.example.com' };

function aMail(subject: string, fields: Partial<Mail> = {}): Mail {
  return {
    smtp: 'lab',
    to: 'ops@example.com',
    from: 'root@lb1.example.com',
    subject,
    text: `${subject}\n.\n..\nend\n`,
    date: new Date(0),
    id: `<${subject}@lb1>`,
    ...fields,
  };
}

/** What became of each mail, and why the session ended where it failed. */
async function send(
  host: string,
  options: SmtpOptions,
  mails: readonly Mail[],
  signal = new AbortController().signal,
) {
  const told: [string, Delivery][] = [];
  const failure = await smtpRoute(host, SENDER, options)
    .send(mails, ({ subject }, delivery) => void told.push([subject, delivery]), signal)
    .then(() => undefined, reasonOf);
  return { told, failure };
}

/** Passes connections on, and counts them. */
async function counting(t: Test, host: string, port: number) {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    count++;
    const to = connect({ host, port });
    for (const [socket, other] of [[client, to] as const, [to, client] as const]) {
      sockets.add(socket);
      socket.on('error', () => other.destroy()).pipe(other);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, count: () => count };
}

const SINK = lab('smtp-sink', 'root');

t.test('a hundred mails go over one connection, each whole', SINK, async (t) => {
  const sink = await startSmtpSink(t);
  const way = await counting(t, sink.host, 25);
  const mails = Array.from({ length: 100 }, (_, n) => aMail(`mail ${n}`));
  const { told, failure } = await send('127.0.0.1', { port: way.port }, mails);
  t.equal(failure, undefined);
  t.equal(told.filter(([, { taken }]) => taken).length, 100);
  const got = await sink.got(100);
  t.equal(way.count(), 1);
  t.strictSame(
    got.map(({ headers }) => headers.get('subject')),
    mails.map(({ subject }) => subject),
  );
  t.match(got[0], { from: 'root@lb1.example.com', to: ['ops@example.com'] });
  t.equal(got[0]?.body, 'mail 0\n.\n..\nend');
});

t.test('emailalertfrom and every recipient are in the envelope', SINK, async (t) => {
  const sink = await startSmtpSink(t);
  const from = '"ldirectord Alerts" <alerts@example.com>';
  const to = 'root, "B, C" <b@example.com>';
  await send(sink.host, {}, [
    aMail('one', { from, to }),
    aMail('two', { from: 'nobody at all' }),
  ]);
  const [one, two] = await sink.got(2);
  t.match(one, { from: 'alerts@example.com', to: ['root', 'b@example.com'] });
  t.equal(one?.headers.get('from'), from);
  t.equal(two?.from, 'root@lb1.example.com', 'what holds no address is left out');
});

t.test('nothing is left of a session on the signal of its lane', SINK, async (t) => {
  const sink = await startSmtpSink(t);
  const { signal } = new AbortController();
  const { told } = await send(sink.host, {}, [aMail('one')], signal);
  t.match(told, [['one', { taken: true }]]);
  t.strictSame(leftOn(signal), []);
});

t.test('a mail without recipient is dropped', SINK, async (t) => {
  const sink = await startSmtpSink(t);
  const { told } = await send(sink.host, {}, [aMail('one', { to: 'two words' })]);
  t.match(told, [['one', { taken: false, again: false, reason: /no address in/ }]]);
});

/** What smtp-sink is told to do, and what becomes of two mails. */
const REFUSALS: readonly (readonly [
  options: readonly string[],
  again: boolean,
  reason: RegExp,
])[] = [
  [['-f', 'RCPT'], false, /500 5\.3\.0 Error/],
  [['-f', 'MAIL'], false, /500 5\.3\.0 Error/],
  [['-f', '.'], false, /500 5\.3\.0 Error/],
  [['-r', 'RCPT'], true, /450 4\.3\.0 Error/],
  [['-r', 'DATA'], true, /450 4\.3\.0 Error/],
];

for (const [options, again, reason] of REFUSALS)
  t.test(
    `smtp-sink ${options.join(' ')}: refused, ${again ? 'tried again' : 'dropped'}`,
    SINK,
    async (t) => {
      const sink = await startSmtpSink(t, options);
      const { told, failure } = await send(sink.host, {}, [aMail('one'), aMail('two')]);
      const delivery = { taken: false, again, reason };
      t.match(told, [
        ['one', delivery],
        ['two', delivery],
      ]);
      t.equal(failure, undefined, 'the connection goes on');
    },
  );

for (const options of [
  ['-q', 'MAIL'],
  ['-q', 'DATA'],
  ['-q', '.'],
  ['-Q', 'RCPT'],
])
  t.test(
    `smtp-sink ${options.join(' ')}: cut off, the others are not tried`,
    SINK,
    async (t) => {
      const sink = await startSmtpSink(t, options);
      const { told, failure } = await send(sink.host, {}, [aMail('one'), aMail('two')]);
      t.match(told[0], ['one', { taken: false, again: true, reason: /./ }]);
      t.match(failure ?? told[1]?.[1], /./, 'the second waits for another connection');
      t.notOk(told.some(([, { taken }]) => taken));
    },
  );

for (const options of [
  ['-f', 'EHLO,HELO'],
  ['-q', 'EHLO'],
  ['-r', 'CONNECT'],
  ['-q', 'CONNECT'],
])
  t.test(`smtp-sink ${options.join(' ')}: no mail is tried`, SINK, async (t) => {
    const sink = await startSmtpSink(t, options);
    const { told, failure } = await send(sink.host, {}, [aMail('one')]);
    t.strictSame(told, []);
    t.match(failure, /./);
  });

t.test('an old server without ESMTP takes mail', SINK, async (t) => {
  const sink = await startSmtpSink(t, ['-e']);
  const { failure } = await send(sink.host, {}, [aMail('one')]);
  t.equal(failure, undefined);
  t.equal((await sink.got(1)).length, 1);
});

t.test('a server that hangs in a mail costs one step', SINK, async (t) => {
  const sink = await startSmtpSink(t, ['-w', '60']);
  const { told, failure } = await send(sink.host, { stepMs: 8000 }, [aMail('one')]);
  t.match(told, [
    ['one', { taken: false, again: true, reason: 'no answer to a mail within 8 s' }],
  ]);
  t.equal(failure, 'no answer to a mail within 8 s');
});

/** Servers that are none, by what they do. */
const STRANGERS: readonly (readonly [
  name: string,
  (socket: Socket) => void,
  RegExp,
])[] = [
  ['it says nothing', () => {}, /no answer to the greeting within 0.5 s/],
  ['it closes at once', (socket) => void socket.end(), /clos/],
  ['it resets', (socket) => void socket.resetAndDestroy(), /ECONNRESET|clos/],
  [
    'it speaks SSH',
    (socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
    /Invalid greeting.*SSH-2/,
  ],
  [
    'it turns us away',
    (socket) => void socket.write('554 go\x1b[31m\r\n'),
    /554 go \[31m$/,
  ],
  ['it sends no line end', (socket) => void endless(socket, 'x'.repeat(65_536)), /./],
  [
    'a byte at a time',
    (socket) => void endless(socket, '2'),
    /no answer to the greeting within 0.5 s/,
  ],
];

function endless(socket: Socket, words: string): void {
  const timer = setInterval(() => socket.write(words), 20);
  socket.once('close', () => clearInterval(timer));
}

for (const [name, serve, reason] of STRANGERS)
  t.test(`no mail server: ${name}`, async (t) => {
    const { port } = await rawServer(t, serve);
    const stepMs = reason.source.includes('within') ? 500 : 15_000;
    const { told, failure } = await send('127.0.0.1', { port, stepMs }, [aMail('one')]);
    t.strictSame(told, []);
    t.match(failure, reason);
    t.notMatch(failure, /\p{Cc}/u);
  });

t.test('nobody listens', async (t) => {
  const { failure } = await send('127.0.0.1', { port: 1 }, [aMail('one')]);
  t.match(failure, /ECONNREFUSED 127\.0\.0\.1:1/);
});

t.test('a name that is none', async (t) => {
  const { failure } = await send('mail.invalid', {}, [aMail('one')]);
  t.match(failure, /mail\.invalid/);
});

t.test('a name is looked up as it is told', async (t) => {
  const { port, accepted } = await silent(t);
  const names: string[] = [];
  const lookup: SmtpOptions['lookup'] = (name, _options, callback) => {
    names.push(name);
    callback(null, [{ address: '127.0.0.1', family: 4 }]);
  };
  const stop = new AbortController();
  const options = { port, lookup };
  const sending = send('mail.invalid', options, [aMail('one')], stop.signal);
  await accepted;
  stop.abort(new Error('the director ends'));
  await sending;
  t.same(names, ['mail.invalid']);
});

t.test('it ends at once when the director does', async (t) => {
  const { port, accepted } = await silent(t);
  const stop = new AbortController();
  const sending = send(
    '127.0.0.1',
    { port, stepMs: 600_000 },
    [aMail('one')],
    stop.signal,
  );
  await accepted;
  stop.abort(new Error('the director ends'));
  const { failure } = await sending;
  t.equal(failure, 'the director ends');
});

async function silent(t: Test) {
  let hear = () => {};
  const accepted = new Promise<void>((resolve) => {
    hear = resolve;
  });
  const { port } = await rawServer(t, () => hear());
  return { port, accepted };
}

const TLS_HANDSHAKE = 22;

/** Offers STARTTLS, and answers the handshake with rubbish; in plain text it takes mail. */
function brokenTls(socket: Socket, rubbish: string): void {
  const answers: readonly (readonly [RegExp, string])[] = [
    [/^EHLO/, '250-lab\r\n250 STARTTLS'],
    [/^STARTTLS/, '220 go'],
    [/^DATA/, '354 go'],
    [/^(MAIL|RCPT|RSET|[\s\S]*\r\n\.\r\n$)/, '250 ok'],
  ];
  socket.write('220 lab\r\n');
  socket.on('data', (bytes: Buffer) => {
    if (bytes[0] === TLS_HANDSHAKE) socket.write(rubbish);
    const answer = answers.find(([words]) => words.test(bytes.toString('latin1')))?.[1];
    if (answer !== undefined) socket.write(`${answer}\r\n`);
  });
}

for (const [name, rubbish] of [
  ['broken', 'rubbish\r\n'],
  ['hanging', ''],
] as const)
  t.test(`a server whose TLS is ${name} gets its mail without`, async (t) => {
    const server = await rawServer(t, (socket) => brokenTls(socket, rubbish));
    const options = { port: server.port, stepMs: rubbish === '' ? 3000 : 15_000 };
    const { told, failure } = await send('127.0.0.1', options, [
      aMail('one'),
      aMail('two'),
    ]);
    t.equal(failure, undefined);
    t.match(told, [
      ['one', { taken: true }],
      ['two', { taken: true }],
    ]);
    t.equal(server.accepted, 2);
    t.match(server.received[0], /STARTTLS/);
    t.match(server.received[1], /Subject: two\r\n/);
  });

t.test(
  'Postfix delivers it, over TLS though its certificate is unknown',
  lab('sendmail', 'openssl', 'root'),
  async (t) => {
    const box = await startMailbox(t);
    for (const host of ['127.0.0.1', '::1']) {
      const { told, failure } = await send(host, { port: box.port }, [
        aMail(`over ${host}`, { text: 'Größe\n' }),
        aMail('lost', { to: 'ops@example.org' }),
        aMail('half', { to: 'ops@example.com, ops@example.org' }),
      ]);
      t.equal(failure, undefined);
      t.match(told, [
        [`over ${host}`, { taken: true, refused: undefined }],
        ['lost', { taken: false, again: false, reason: /554 5\.7\.1/ }],
        ['half', { taken: true, refused: /554 5\.7\.1 <ops@example\.org>/ }],
      ]);
    }
    const mails = await box.got(4);
    const whole = mails.find(({ headers }) => headers.get('subject') === 'over ::1');
    t.equal(Buffer.from(whole?.body ?? '', 'base64').toString(), 'Größe\n');
    t.match(whole?.headers.get('received'), /TLSv1/);
    t.match(whole?.headers.get('return-path'), '<root@lb1.example.com>');
  },
);
