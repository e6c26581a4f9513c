import { once } from 'node:events';
import { createServer as createPlainServer, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import t, { type Test } from 'tap';
import { SERVICES } from '../../lib/checks/index.ts';
import { createCheckRunner } from '../../lib/checks/runner.ts';
import type { CheckReport, CheckTarget } from '../../lib/model/check.ts';
import { type KeyPair, testAuthority } from '../support/certificates.ts';
import { checkTarget, silentLog } from '../support/check-target.ts';
import { lab } from '../support/lab.ts';
import { rawServer } from '../support/raw-server.ts';

const DAY = 86_400_000;

interface Row {
  /** What a good server says at once; none: it ends the connection. */
  readonly words?: string;
  /** It asks in clear whether there is TLS, and this is the answer. */
  readonly offer?: string;
  readonly fields?: Partial<CheckTarget>;
}

/** Every service that may speak TLS. */
const ROWS: Readonly<Record<string, Row>> = {
  https: { words: 'HTTP/1.1 200 OK\r\n\r\n' },
  imaps: { words: '* OK\r\na2 OK\r\n' },
  ldaps: {},
  pgsql: { offer: 'S', fields: { login: 'monitor', request: 'SELECT 1' } },
  pops: { words: '+OK\r\n+OK\r\n' },
};

/** Speaks TLS with that certificate. @returns its port */
async function serve(t: Test, { words, offer }: Row, pair: KeyPair): Promise<number> {
  const talk = (socket: Socket) => {
    if (words === undefined) socket.end();
    else socket.write(words);
    socket.once('data', () => socket.end());
  };
  const secure = createServer(pair).on('tlsClientError', () => {});
  if (offer === undefined)
    return (await rawServer(t, talk, secure, 'secureConnection')).port;
  secure.on('secureConnection', talk);
  const server = createPlainServer((socket) => {
    socket.on('error', () => {});
    socket.once('readable', () => {
      socket.read();
      socket.write(offer);
      secure.emit('connection', socket);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** What the director is told of that server's first check. */
async function reportOf(t: Test, fields: Partial<CheckTarget>): Promise<CheckReport> {
  const runner = createCheckRunner({ log: silentLog });
  t.teardown(() => runner.close());
  const plan = { target: checkTarget(fields), intervalMs: 60_000 };
  return await new Promise((resolve) => runner.subscribe(plan, resolve));
}

t.test('the table has every service over TLS', async (t) => {
  const overTls = Object.entries(SERVICES).filter(([, { summary }]) =>
    summary.includes('over TLS'),
  );
  t.ok(overTls.length > 0);
  for (const [name] of overTls) t.ok(name in ROWS, name);
});

t.test(
  'a report tells which certificate expires, and when',
  lab('openssl'),
  async (t) => {
    const authority = testAuthority(t.testdir());
    for (const [days, why] of [
      [20, 'good'],
      [-1, 'expired'],
    ] as const) {
      const pair = authority.issue('www.example.com', days);
      for (const [service, row] of Object.entries(ROWS))
        await t.test(`${service}, ${why}`, async (t) => {
          const port = await serve(t, row, pair);
          const fields = { service, port, tlsCa: authority.file, ...row.fields };
          const { up, message, certificate } = await reportOf(t, fields);
          t.equal(up, days > 0 && row.words !== undefined, message);
          t.equal(certificate?.subject, 'CN=www.example.com', message);
          const left = ((certificate?.expiresAt ?? 0) - Date.now()) / DAY;
          t.equal(Math.round(left), days);
        });
    }
  },
);
