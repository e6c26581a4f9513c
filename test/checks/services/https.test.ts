import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { type KeyPair, testAuthority } from '../../support/certificates.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';
import { rawServer, saying } from '../../support/raw-server.ts';

const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nTest Page';

function https(fields: Partial<CheckTarget>): CheckTarget {
  return checkTarget({ service: 'https', receive: pattern('Test Page'), ...fields });
}

checkSuite(t, { target: (port) => https({ port }) });

t.test('over TLS', lab('openssl'), async (t) => {
  const authority = testAuthority(t.testdir());
  const good = authority.issue('www.example.com');

  /** A TLS server that shows the page, and the names that clients asked for. */
  async function secureServer(pair: KeyPair, answer = PAGE) {
    const names: (string | false)[] = [];
    const server = createServer({ ...pair, allowHalfOpen: true });
    // A client that does not trust us ends the handshake; that is what is tested.
    server.on('tlsClientError', () => {});
    const raw = await rawServer(
      t,
      (socket) => {
        names.push((socket as TLSSocket).servername ?? false);
        saying(answer)(socket);
      },
      server,
      'secureConnection',
    );
    return { raw, names, port: raw.port };
  }

  const server = await secureServer(good);
  const tlsCa = authority.file;

  t.test('an unknown authority is down, tls-ca makes it known', async (t) => {
    const { up, message } = await checkOnce(https({ port: server.port }));
    t.equal(up, false);
    t.match(message, /^TLS: .*(issuer|certificate).*\(UNABLE_TO_/);
    t.match(await checkOnce(https({ port: server.port, tlsCa })), {
      up: true,
      message: '200 OK',
    });
  });

  t.test('tls-verify=no takes any certificate', async (t) => {
    t.equal((await checkOnce(https({ port: server.port, tlsVerify: false }))).up, true);
  });

  t.test('the name in the certificate does not matter', async (t) => {
    const target = https({
      port: server.port,
      tlsCa,
      virtualhost: 'other.example.org',
    });
    t.equal((await checkOnce(target)).up, true);
  });

  t.test('an expired certificate is down', async (t) => {
    const expired = await secureServer(authority.issue('www.example.com', -1));
    const { up, message } = await checkOnce(https({ port: expired.port, tlsCa }));
    t.equal(up, false);
    t.match(message, 'certificate has expired (CERT_HAS_EXPIRED)');
    t.equal(
      (await checkOnce(https({ port: expired.port, tlsVerify: false }))).up,
      true,
    );
  });

  t.test('SNI is the virtualhost, never an address or a port', async (t) => {
    for (const [virtualhost, name] of [
      ['www.example.com', 'www.example.com'],
      ['www.example.com:443', 'www.example.com'],
      ['127.0.0.1', false],
      ['[::1]:443', false],
      [undefined, false],
    ] as const) {
      const target = https({ port: server.port, tlsCa, virtualhost });
      t.equal((await checkOnce(target)).up, true, String(virtualhost));
      t.equal(server.names.at(-1), name, String(virtualhost));
    }
  });

  t.test('a redirect from http to https is verified too', async (t) => {
    const plain = await rawServer(
      t,
      saying(`HTTP/1.1 301 x\r\nLocation: https://localhost:${server.port}/\r\n\r\n`),
    );
    t.equal((await checkOnce(checkTarget({ port: plain.port }))).up, false);
    t.equal((await checkOnce(checkTarget({ port: plain.port, tlsCa }))).up, true);
    t.equal(server.names.at(-1), 'localhost');
  });

  t.test('a server that speaks plain http is down', async (t) => {
    const plain = await rawServer(t, saying(PAGE));
    const { up, message } = await checkOnce(https({ port: plain.port, tlsCa }));
    t.equal(up, false);
    t.match(message, /^TLS: /);
  });

  t.test('a tls-ca that is no use is named', async (t) => {
    const folder = t.testdir({ empty: '', broken: '' });
    writeFileSync(
      join(folder, 'broken'),
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    );
    for (const [file, message] of [
      ['nowhere', 'ENOENT'],
      ['empty', 'no PEM certificate in it'],
      ['broken', 'certificate 1 is broken'],
    ] as const) {
      const target = https({ port: server.port, tlsCa: join(folder, file) });
      const result = await checkOnce(target);
      t.equal(result.up, false);
      t.match(result.message, message);
      t.match(result.message, join(folder, file));
    }
  });

  t.test('a tls-ca that changes is read again', async (t) => {
    const file = testAuthority(t.testdir(), 'Another').file;
    t.equal((await checkOnce(https({ port: server.port, tlsCa: file }))).up, false);
    copyFileSync(tlsCa, file);
    t.equal((await checkOnce(https({ port: server.port, tlsCa: file }))).up, true);
  });
});
