import { once } from 'node:events';
import { createServer } from 'node:tls';
import t from 'tap';
import { openSocket, startTls } from '../../lib/checks/socket.ts';
import { tlsSettings } from '../../lib/checks/tls.ts';
import type { CheckTarget } from '../../lib/model/check.ts';
import { type KeyPair, testAuthority } from '../support/certificates.ts';
import { checkOnce, checkTarget } from '../support/check-target.ts';
import { lab } from '../support/lab.ts';
import { rawServer, saying } from '../support/raw-server.ts';

const DAY = 86_400_000;
const PAGE = 'HTTP/1.1 200 OK\r\n\r\nTest Page';

t.test('what TLS shows', lab('openssl'), async (t) => {
  const authority = testAuthority(t.testdir());
  const tlsCa = authority.file;

  /** A TLS server with that certificate. @returns its port */
  async function serverOf(pair: KeyPair, answer = PAGE): Promise<number> {
    const server = createServer({ ...pair, allowHalfOpen: true });
    server.on('tlsClientError', () => {});
    return (await rawServer(t, saying(answer), server, 'secureConnection')).port;
  }

  async function certificateOf(port: number, fields: Partial<CheckTarget> = {}) {
    const target = checkTarget({ service: 'https', tlsCa, port, ...fields });
    const { certificate, ...result } = await checkOnce(target);
    const days = ((certificate?.expiresAt ?? NaN) - Date.now()) / DAY;
    return { ...result, subject: certificate?.subject, days: Math.round(days) };
  }

  t.test('is in the result, whoever signed it', async (t) => {
    const port = await serverOf(authority.issue('www.example.com', 20));
    const seen = { subject: 'CN=www.example.com', days: 20 };
    t.match(await certificateOf(port), { up: true, ...seen });
    t.match(await certificateOf(port, { tlsVerify: false }), { up: true, ...seen });
    const { up, message, ...unknown } = await certificateOf(port, { tlsCa: undefined });
    t.same(unknown, seen);
    t.equal(up, false);
    t.match(message, /^TLS: [a-z ]+ certificate \(UNABLE_TO_\w+\)$/);
  });

  t.test('is in the result when it has expired, which is down', async (t) => {
    const port = await serverOf(authority.issue('old.example.com', -1));
    t.match(await certificateOf(port), {
      up: false,
      message: 'TLS: certificate has expired (CERT_HAS_EXPIRED)',
      subject: 'CN=old.example.com',
      days: -1,
    });
  });

  t.test('is the intermediate one when that expires first', async (t) => {
    const short = authority.intermediate('Short', 7).issue('www.example.com', 90);
    const long = authority.intermediate('Long', 700).issue('www.example.com', 90);
    t.match(await certificateOf(await serverOf(short)), {
      ...{ up: true, subject: 'CN=Short', days: 7 },
    });
    t.match(await certificateOf(await serverOf(long)), {
      ...{ up: true, subject: 'CN=www.example.com', days: 90 },
    });
  });

  t.test('leaves out what is sent, has expired, and is not needed', async (t) => {
    const { key, cert } = authority.issue('www.example.com', 90);
    const stale = authority.issue('Stale', -1).cert;
    const port = await serverOf({ key, cert: cert + stale });
    t.match(await certificateOf(port), {
      ...{ up: true, subject: 'CN=www.example.com', days: 90 },
    });
    // Nobody knows which of them would be needed.
    t.match(await certificateOf(port, { tlsVerify: false }), {
      ...{ up: true, subject: 'CN=Stale', days: -1 },
    });
  });

  t.test('of a redirect counts as well', async (t) => {
    const sooner = await serverOf(authority.issue('sooner.example.com', 5));
    const elsewhere = `HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:${sooner}/\r\n\r\n`;
    const port = await serverOf(authority.issue('later.example.com', 50), elsewhere);
    t.match(await certificateOf(port), { up: true, subject: 'CN=sooner.example.com' });
  });

  t.test('is not there without TLS', async (t) => {
    const { port } = await rawServer(t, saying(PAGE));
    const plain = checkTarget({ service: 'http', port });
    t.notOk('certificate' in (await checkOnce(plain)));
    t.notOk('certificate' in (await checkOnce({ ...plain, service: 'https' })));
  });

  t.test('holds no login, and nothing that drives a terminal', async (t) => {
    const port = await serverOf(authority.issue('scott\u0007 at\thome', 20));
    const { subject } = await certificateOf(port, { login: 'scott' });
    t.equal(subject, 'CN=***\\07 at\\09home');
  });

  t.test('a certificate that is refused leaves no connection', async (t) => {
    const server = createServer(authority.issue('www.example.com'));
    server.on('tlsClientError', () => {});
    const closed = new Promise((resolve) =>
      server.on('connection', (socket) => socket.once('close', resolve)),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => server.close());
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const { signal } = new AbortController();
    const socket = await openSocket({ host: '127.0.0.1', port }, signal);
    const settings = await tlsSettings(
      { tlsVerify: true, tlsCa: undefined },
      undefined,
    );
    await t.rejects(startTls(socket, settings, signal), { code: /^UNABLE_TO_/ });
    t.equal(socket.destroyed, true);
    await closed;
  });
});
