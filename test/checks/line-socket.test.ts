import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import t, { type Test } from 'tap';
import { openLines } from '../../lib/checks/line-socket.ts';
import { tlsSettings } from '../../lib/checks/tls.ts';
import { testAuthority } from '../support/certificates.ts';
import { lab } from '../support/lab.ts';
import { rawServer } from '../support/raw-server.ts';

const never = new AbortController().signal;

/** A conversation with a server that does this with each connection. */
async function open(
  t: Test,
  serve: (socket: Socket) => void,
  { signal = never, secrets = [] as readonly string[] } = {},
) {
  const server = await rawServer(t, serve);
  const peer = { host: '127.0.0.1', port: server.port, secrets };
  const lines = await openLines(peer, signal);
  t.teardown(() => lines[Symbol.dispose]());
  return { server, lines };
}

t.test('lines come without their ends, however they were cut', async (t) => {
  const { server, lines } = await open(t, (socket) => {
    const pieces = ['220 a\r', '\n220', ' b\n\r\n', 'gr\xc3', '\xbc\xc3\x9fe\r\n'];
    const next = () => {
      const piece = pieces.shift();
      if (piece !== undefined) socket.write(piece, 'latin1', () => setImmediate(next));
    };
    next();
  });
  for (const line of ['220 a', '220 b', '', 'grüße'])
    t.equal(await lines.read('a line'), line);
  lines[Symbol.dispose]();
  await server.idle();
});

t.test('what is sent are bytes, with CR LF after them', async (t) => {
  const { server, lines } = await open(t, (socket) => {
    socket.once('data', () => socket.write('+OK\r\n'));
  });
  lines.send('USER j\xc3\xbcrgen \xfc');
  await lines.read('+OK');
  t.same(server.received, ['USER j\xc3\xbcrgen \xfc\r\n']);
});

t.test('the end of the connection is told with what was expected', async (t) => {
  const none = await open(t, (socket) => socket.end());
  await t.rejects(none.lines.read('a greeting'), {
    message: 'expected a greeting, but the connection was closed',
  });
  const half = await open(t, (socket) => socket.end('+O'));
  await t.rejects(half.lines.read('a greeting'), {
    message: 'expected a greeting as a whole line, got "+O"',
  });
  half.lines.send('sent to nobody');
});

t.test('a reset is told with its errno', async (t) => {
  const { lines } = await open(t, (socket) => {
    socket.once('data', () => socket.resetAndDestroy());
  });
  lines.send('EHLO');
  await t.rejects(lines.read('a greeting'), /^expected a greeting: .*ECONNRESET/);
});

t.test('a server that never stops talking is cut off', async (t) => {
  for (const text of ['x', 'x\n']) {
    const { server, lines } = await open(t, (socket) => {
      const flood = () => {
        while (socket.writable && socket.write(text.repeat(10_000)));
      };
      socket.on('drain', flood);
      flood();
    });
    const all = async () => {
      for (;;) await lines.read('a greeting');
    };
    await t.rejects(all(), /^expected a greeting, got more than 65536 bytes$/);
    lines[Symbol.dispose]();
    await server.idle();
  }
});

t.test('the signal ends a read with its reason, and the connection', async (t) => {
  const stop = new AbortController();
  const { server, lines } = await open(t, () => {}, { signal: stop.signal });
  const reading = lines.read('a greeting');
  stop.abort(new Error('no answer within 3 s'));
  await t.rejects(reading, { message: 'expected a greeting: no answer within 3 s' });
  await t.rejects(lines.read('more'), /no answer within 3 s/);
  await server.idle();
});

t.test('one byte after another does not hold off the signal', async (t) => {
  const stop = new AbortController();
  let sent = 0;
  const { server, lines } = await open(
    t,
    (socket) => {
      const drip = () => {
        if (++sent === 20) stop.abort(new Error('too slow'));
        if (socket.writable) socket.write('x', () => setImmediate(drip));
      };
      drip();
    },
    { signal: stop.signal },
  );
  await t.rejects(lines.read('a greeting'), /too slow/);
  await server.idle();
});

t.test('one aborted beforehand connects to nobody', async (t) => {
  const server = await rawServer(t, () => {});
  const peer = { host: '127.0.0.1', port: server.port };
  await t.rejects(openLines(peer, AbortSignal.abort(new Error('gone'))), /gone/);
  t.equal(server.accepted, 0);
});

t.test('no error holds a secret, whole or cut', async (t) => {
  const { lines } = await open(t, () => {}, { secrets: ['tiger-striped', ''] });
  lines.send('AUTH', ['dGlnZXI=']);
  t.equal(
    lines.unexpected('+OK', '-ERR tiger-striped is dGlnZXI=').message,
    'expected +OK, got "-ERR *** is ***"',
  );
  const cut = lines.unexpected('+OK', `${'x'.repeat(95)}tiger-striped`).message;
  t.equal(cut, `expected +OK, got "${'x'.repeat(95)}***"`);
});

t.test('over TLS', lab('openssl'), async (t) => {
  const authority = testAuthority(t.testdir());
  const server = createServer(authority.issue('mail.example.com'));
  const names: string[] = [];
  server.on('tlsClientError', () => {});
  const { port, idle } = await rawServer(
    t,
    (socket) => {
      names.push('servername' in socket ? String(socket.servername) : '');
      socket.write('* OK\r\n');
    },
    server,
    'secureConnection',
  );
  const peer = async (tlsCa: string | undefined) => ({
    host: '127.0.0.1',
    port,
    tls: await tlsSettings({ tlsVerify: true, tlsCa }, 'mail.example.com'),
  });
  const lines = await openLines(await peer(authority.file), never);
  t.equal(await lines.read('a greeting'), '* OK');
  t.same(names, ['mail.example.com']);
  lines[Symbol.dispose]();
  await idle();
  await t.rejects(openLines(await peer(undefined), never), /^TLS: .*\(UNABLE_TO_/);
});
