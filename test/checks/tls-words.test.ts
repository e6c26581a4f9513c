import { createServer, type TlsOptions } from 'node:tls';
import t from 'tap';
import { testAuthority } from '../support/certificates.ts';
import { checkOnce, checkTarget } from '../support/check-target.ts';
import { lab } from '../support/lab.ts';
import { rawServer } from '../support/raw-server.ts';

t.test('a server of no TLS is told of without the insides of OpenSSL', async (t) => {
  const words = /^TLS: [a-z ]+ \(ERR_SSL_\w+\)$/;
  for (const service of ['https', 'imaps', 'ldaps', 'pops'])
    await t.test(service, async (t) => {
      const { port } = await rawServer(t, (socket) =>
        socket.end('220 no TLS here\r\n'),
      );
      const { message } = await checkOnce(checkTarget({ service, port }));
      t.match(message, words);
    });
});

t.test('and so is one that refuses', lab('openssl'), async (t) => {
  const pair = testAuthority(t.testdir()).issue('here');
  for (const [what, options, words] of [
    [
      'the version',
      { maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      /^TLS: [\w ]+ \(ERR_SSL_\w+\)$/,
    ],
    [
      'a client without a certificate, after the handshake',
      { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' },
      /^waiting for an answer: [\w ]+ \(ERR_SSL_\w+\)$/,
    ],
  ] as const satisfies [string, TlsOptions, RegExp][])
    await t.test(what, async (t) => {
      const server = createServer({ ...pair, ...options });
      server.on('tlsClientError', () => {});
      const { port } = await rawServer(t, () => {}, server, 'secureConnection');
      const target = checkTarget({ service: 'https', port, tlsVerify: false });
      const { up, message } = await checkOnce(target);
      t.equal(up, false);
      t.match(message, words);
    });
});
