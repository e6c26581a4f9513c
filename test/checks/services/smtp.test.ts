import t from 'tap';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { type Answer, lineServer } from '../../support/line-server.ts';

for (const service of ['smtp', 'submission'])
  t.test(service, async (t) => {
    checkSuite(t, { target: (port) => checkTarget({ service, port }) });
  });

/** Answers by the first word of a line. */
function by(answers: Readonly<Record<string, string>>): Answer {
  return (line) => answers[line.split(' ')[0] ?? ''];
}

const BANNER = '220 mail.example.com ESMTP\r\n';
const QUIT = '221 bye\r\n';

t.test('up and down', async (t) => {
  for (const [what, greeting, answers, up, message] of [
    ['a server of today', BANNER, { EHLO: '250-a\r\n250 b\r\n', QUIT }, true, BANNER],
    ['any 2xx will do', '299 hi\r\n', { EHLO: '200 a\r\n', QUIT }, true, '299 hi'],
    [
      'a banner of several lines',
      '220-first\r\n220-\r\n220 last\r\n',
      { EHLO: '250\r\n', QUIT },
      true,
      '220 last',
    ],
    [
      'one that only knows HELO',
      BANNER,
      { EHLO: '502 what?\r\n', HELO: '250 hello\r\n', QUIT },
      true,
      '220 mail.example.com ESMTP (HELO, not EHLO)',
    ],
    [
      'one that refuses both',
      BANNER,
      { EHLO: '550 go\r\n', HELO: '550-go\r\n550 away\r\n' },
      false,
      'expected 2xx to EHLO or HELO, got "550 away"',
    ],
    [
      'one that is shutting down',
      BANNER,
      { EHLO: '421 later\r\n', HELO: '250 never asked\r\n' },
      false,
      'expected 2xx to EHLO, got "421 later"',
    ],
    [
      'one that turns clients away',
      '554 no\r\n',
      {},
      false,
      'expected a 2xx banner, got "554 no"',
    ],
    [
      'another protocol',
      '+OK POP3\r\n',
      {},
      false,
      'expected a 2xx banner, got "+OK POP3"',
    ],
    [
      'a code without an end',
      '2200 x\r\n',
      {},
      false,
      'expected a 2xx banner, got "2200 x"',
    ],
  ] as const)
    await t.test(what, async (t) => {
      const server = await lineServer(t, greeting, by(answers));
      const target = checkTarget({ service: 'smtp', port: server.port });
      t.same(await checkOnce(target), { up, message: message.trim() });
      await server.idle();
      const end = up ? 'QUIT\r\n' : '';
      t.ok(server.received[0]?.endsWith(end));
    });
});

t.test('what is sent', async (t) => {
  const server = await lineServer(t, BANNER, by({ EHLO: '250 a\r\n', QUIT }));
  await checkOnce(checkTarget({ service: 'smtp', port: server.port }));
  await server.idle();
  t.same(server.received, ['EHLO localhost.localdomain\r\nQUIT\r\n']);
});

t.test('a server that closes in the middle is down', async (t) => {
  const server = await lineServer(
    t,
    BANNER,
    (_, socket) => void socket.end('250-a\r\n'),
  );
  t.same(await checkOnce(checkTarget({ service: 'smtp', port: server.port })), {
    up: false,
    message: 'expected 2xx to EHLO, but the connection was closed',
  });
});

t.test('the goodbye does not change the verdict', async (t) => {
  for (const [what, farewell] of [
    ['silence', () => undefined],
    ['an end', (_, socket) => void socket.end()],
    ['a reset', (_, socket) => void socket.resetAndDestroy()],
  ] as const satisfies [string, Answer][]) {
    const server = await lineServer(t, BANNER, (line, socket) =>
      line === 'QUIT' ? farewell(line, socket) : '250 a\r\n',
    );
    const target = checkTarget({ service: 'smtp', port: server.port });
    const result = await checkOnce({ ...target, negotiatetimeoutMs: 500 });
    t.ok(result.up, what);
    t.match(result.message, /^220 mail\.example\.com ESMTP; no answer to the goodbye$/);
    await server.idle();
  }
});

t.test('nor does it delay it', async (t) => {
  const server = await lineServer(t, BANNER, (line) =>
    line === 'QUIT' ? undefined : '250 a\r\n',
  );
  const target = checkTarget({ service: 'smtp', port: server.port });
  const began = performance.now();
  const result = await checkOnce({ ...target, negotiatetimeoutMs: 30_000 });
  t.ok(result.up);
  t.ok(performance.now() - began < 15_000, 'it did not wait for the time-out');
  await server.idle();
});
