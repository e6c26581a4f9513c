import t from 'tap';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { rawServer } from '../../support/raw-server.ts';

/** A packet of MySQL's protocol, given in latin1. */
function packet(number: number, words: string): Buffer {
  const body = Buffer.from(words, 'latin1');
  return Buffer.concat([Buffer.of(body.length, 0, 0, number), body]);
}

const GREETING = packet(
  0,
  `\x0a8.0.30\0\x01\0\0\0${'salt'.repeat(2)}\0\xff\xf7\x2d\x02\0\xff\xff\x15${'\0'.repeat(10)}${'salt'.repeat(3)}\0mysql_native_password\0`,
);
const good = (number: number) => packet(number, '\0\0\0\x02\0\0\0');

t.test('a server that asks for a file gets none', async (t) => {
  const server = await rawServer(t, (socket) => {
    const answers = [good(2), packet(1, '\xfb/etc/passwd'), good(3)];
    socket.write(GREETING);
    socket.on('data', () => socket.write(answers.shift() ?? ''));
  });
  const target = checkTarget({
    service: 'mysql',
    port: server.port,
    login: 'scott',
    passwd: 'tiger-striped',
    request: '/SELECT 1',
    negotiatetimeoutMs: 2000,
  });
  const { up, message } = await checkOnce(target);
  await server.idle();
  t.equal(up, false);
  t.match(message, /^query: .*\/etc\/passwd/);
  t.notMatch(server.received.join(''), 'root:');
});
