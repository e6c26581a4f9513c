import { once } from 'node:events';
import { TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { testAuthority } from '../../support/certificates.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';
import { rawServer } from '../../support/raw-server.ts';

function pgsql(fields: Partial<CheckTarget>): CheckTarget {
  const login = { login: 'scott', passwd: 'tiger-striped' } as const;
  return checkTarget({ service: 'pgsql', request: '/SELECT 1', ...login, ...fields });
}

async function answerTo(t: Test, words: string | Buffer): Promise<string> {
  const server = await rawServer(t, (socket) =>
    socket.once('data', () => socket.write(words)),
  );
  const target = pgsql({ port: server.port, negotiatetimeoutMs: 300 });
  const { up, message } = await checkOnce(target);
  t.equal(up, false);
  await server.idle();
  t.equal(server.open, 0);
  return message;
}

t.test('a server of another protocol is quoted, though it stays', async (t) => {
  t.equal(
    await answerTo(t, 'HTTP/1.1 400 Bad Request\r\n'),
    'greeting: expected PostgreSQL\'s, got "HTTP/1.1 400 Bad Request"',
  );
});

t.test('words before the encryption are refused', async (t) => {
  t.equal(await answerTo(t, 'SZ'), 'greeting: expected PostgreSQL\'s, got "SZ"');
});

/** A server without TLS that answers the login with these bytes. */
async function answerToLogin(t: Test, bytes: Buffer): Promise<string> {
  const server = await rawServer(t, (socket) =>
    socket.once('data', () => {
      socket.write('N');
      socket.once('data', () => socket.write(bytes));
    }),
  );
  const target = pgsql({ port: server.port, negotiatetimeoutMs: 300 });
  const { up, message } = await checkOnce(target);
  t.equal(up, false);
  await server.idle();
  t.equal(server.open, 0);
  return message;
}

function messageOf(type: string, length: number, body: string): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, Buffer.from(body, 'latin1')]);
}

t.test('texts without their end hold up nothing', async (t) => {
  for (const type of ['E', 'N', 'S', 'A', 'C', 'T', 'R', 'K', 'd', 'v', 'D'])
    await t.test(type, async (t) => {
      const bytes = messageOf(type, 12, '\0\0\0\nSCRA');
      t.match(await answerToLogin(t, bytes), /^login: /);
    });
});

t.test('a length that cannot be is not waited for', async (t) => {
  t.equal(
    await answerToLogin(t, messageOf('R', 3, '')),
    'login: expected PostgreSQL\'s, got "R"',
  );
  t.equal(
    await answerToLogin(t, messageOf('R', 4_000_000_000, '')),
    'login: more than 1,048,576 bytes came',
  );
});

t.test('a password is hidden before what came is cut', async (t) => {
  const words = `${'x'.repeat(50)}${pgsql({}).passwd}`;
  const message = await answerToLogin(t, messageOf('R', 3, words));
  t.equal(message, `login: expected PostgreSQL's, got "R ${'x'.repeat(50)}***"`);
});

t.test('an answer that comes byte by byte is waited for', async (t) => {
  const error = messageOf('E', 19, 'C57P03\0Mtoo few\0\0'.slice(0, 15));
  const server = await rawServer(t, (socket) =>
    socket.once('data', () => {
      socket.write('N');
      socket.once('data', () => {
        const bytes = [...error];
        const next = () => {
          const byte = bytes.shift();
          if (byte !== undefined)
            socket.write(Buffer.of(byte), () => setImmediate(next));
        };
        next();
      });
    }),
  );
  const { message } = await checkOnce(pgsql({ port: server.port }));
  t.equal(message, 'login: too few (57P03)');
});

t.test('a way to log in that is not known is named', async (t) => {
  t.equal(
    await answerToLogin(t, messageOf('R', 8, '\0\0\0\x07')),
    'login: the server asks for authentication 7: expected a password',
  );
  t.equal(
    await answerToLogin(t, messageOf('R', 14, '\0\0\0\x0aSCRAM\0')),
    'login: the server offers SCRAM: expected SCRAM-SHA-256',
  );
});

t.test('a server without TLS, then silent', async (t) => {
  t.equal(await answerTo(t, 'N'), 'login: no answer within 0.3 s (negotiatetimeout)');
});

t.test('TLS that fails is done without', async (t) => {
  const first: string[] = [];
  const server = await rawServer(t, (socket, index) => {
    socket.once('data', (bytes) => {
      first[index] = bytes.toString('latin1');
      socket.write(index === 0 ? 'S' : '');
      socket.once('data', () => socket.end('no TLS at all'));
      if (index > 0) socket.end();
    });
  });
  const { up, message } = await checkOnce(pgsql({ port: server.port }));
  t.equal(up, false);
  t.match(message, /^login: /);
  await server.idle();
  t.equal(server.accepted, 2);
  t.match(first[1], 'user\0scott\0database\0scott\0', 'the second asks for no TLS');
});

t.test('SNI is the virtualhost', lab('openssl'), async (t) => {
  const pair = testAuthority(t.testdir()).issue('db');
  const names: (string | false | undefined)[] = [];
  const server = await rawServer(t, (socket) => {
    socket.once('data', () => {
      socket.write('S');
      const secure = new TLSSocket(socket, { isServer: true, ...pair });
      secure.on('error', () => {});
      void once(secure, 'secure').then(() => {
        names.push('servername' in secure ? String(secure.servername) : undefined);
        secure.end();
      });
    });
  });
  await checkOnce(pgsql({ port: server.port, virtualhost: 'db.example.com' }));
  t.same(names, ['db.example.com']);
});

t.test('words without end hold up no other check', async (t) => {
  const words = `C57P03\0M${'%74%69'.repeat(160_000)}\0\0`;
  const before = process.cpuUsage();
  const message = await answerToLogin(t, messageOf('E', 4 + words.length, words));
  t.match(message, 'login: %74%69');
  // All of it is work of the main thread.
  const { user } = process.cpuUsage(before);
  t.ok(user < 350_000, `${user} µs`);
});
