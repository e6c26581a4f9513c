import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { rawServer } from '../../support/raw-server.ts';

function nntp(fields: Partial<CheckTarget>): CheckTarget {
  return checkTarget({ service: 'nntp', ...fields });
}

checkSuite(t, { target: (port) => nntp({ port }) });

t.test('up when the greeting starts with 2', async (t) => {
  const expected = 'expected a greeting that starts with 2';
  for (const [greeting, up, message] of [
    ['200 news.example.com ready, posting allowed\r\n', true, '200 news.example.com'],
    ['201 no posting\r\n', true, '201 no posting'],
    ['200-more\r\nto come', true, '200-more'],
    ['200 bare line feed\n', true, '200 bare line feed'],
    ['2\r\n', true, '2'],
    ['400 too many\r\n', false, `${expected}, got "400 too many"`],
    ['502 go away\r\n', false, `${expected}, got "502 go away"`],
    ['\r\n200 late\r\n', false, `${expected}, got ""`],
    [' 200\r\n', false, `${expected}, got "200"`],
    ['200 cut', false, `${expected} as a whole line, got "200 cut"`],
    ['', false, `${expected}, but the connection was closed`],
    ['HTTP/1.1 200 OK\r\n', false, `${expected}, got "HTTP/1.1 200 OK"`],
    [`2${'0'.repeat(70_000)}`, false, `${expected}, got more than 65536 bytes`],
  ] as const)
    await t.test(greeting.slice(0, 40), async (t) => {
      const server = await rawServer(t, (socket) => void socket.end(greeting));
      const result = await checkOnce(nntp({ port: server.port }));
      t.equal(result.up, up);
      t.match(result.message, message);
      await server.idle();
      t.equal(server.received[0], '', 'nothing is sent');
    });
});
