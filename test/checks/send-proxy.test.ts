import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SERVICES } from '../../lib/checks/index.ts';
import type { CheckTarget } from '../../lib/model/check.ts';
import { proxyHeader } from '../../lib/model/proxy-header.ts';
import { testAuthority } from '../support/certificates.ts';
import { checkOnce, checkTarget, pattern } from '../support/check-target.ts';
import { lab } from '../support/lab.ts';
import { apache, haproxy, nginx } from '../support/proxy-neighbours.ts';

t.setTimeout(120_000);

const GREETINGS: Readonly<Record<string, string>> = {
  ftp: '220 ftp\r\n',
  imap: '* OK imap\r\n',
  nntp: '200 nntp\r\n',
  pop: '+OK pop\r\n',
  smtp: '220 smtp\r\n',
};

/** What a check of that service begins with. */
async function beginning(t: Test, fields: Partial<CheckTarget>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const closed: Promise<unknown>[] = [];
  const server = createServer((socket) => {
    closed.push(once(socket, 'close'));
    const greeting = GREETINGS[fields.service ?? ''] ?? '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      if (chunks.length === 0) socket.write(greeting);
      chunks.push(chunk);
      // The rest of the talk is nothing to us.
      if (
        !SECURE.has(fields.service ?? '') ||
        Buffer.concat(chunks).length > OWN.length
      )
        setTimeout(() => socket.destroy(), 50);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const words = { login: 'scott', passwd: 'tiger', receive: pattern('x') };
  const accepted = once(server, 'connection');
  await checkOnce(checkTarget({ ...words, port, proxy: 'v2', ...fields }));
  await accepted;
  await Promise.all(closed);
  return Buffer.concat(chunks);
}

const OWN = proxyHeader('v2');
/** radius speaks UDP, oracle's library opens its connection, none asks nobody. */
const WITHOUT = new Set(['radius', 'oracle', 'none']);
const SECURE = new Set(['https', 'imaps', 'ldaps', 'pops']);
const REQUESTS: Readonly<Record<string, string>> = {
  dns: 'www.example.org',
  http_proxy: '/http://www.example.org/',
  mysql: '/SELECT 1',
  pgsql: '/SELECT 1',
};

for (const service of Object.keys(SERVICES).filter((name) => !WITHOUT.has(name)))
  t.test(`a check of ${service} begins with a PROXY header`, async (t) => {
    const request = REQUESTS[service] ?? '/';
    const bytes = await beginning(t, { service, request });
    t.strictSame(bytes.subarray(0, OWN.length), OWN);
    if (SECURE.has(service)) t.equal(bytes[OWN.length], 0x16, 'TLS behind it');
  });

t.test(
  'so does one that only connects, and in version 1 it says from where',
  async (t) => {
    t.strictSame(await beginning(t, { checktype: 'connect' }), OWN);
    const text = await beginning(t, { checktype: 'connect', proxy: 'v1' });
    t.match(text.toString(), /^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\n$/);
    t.equal((await beginning(t, { service: 'http', proxy: undefined }))[0], 71, 'a G');
  },
);

const WEB = { apache, nginx: nginx(), haproxy };

for (const [name, start] of Object.entries(WEB))
  t.test(
    `${name} is up to a check that begins with it`,
    lab(name === 'apache' ? 'apache2' : (name as 'nginx')),
    async (t) => {
      for (const address of ['127.0.0.1', '::1']) {
        const { port } = await start(t, address);
        const family = address === '::1' ? 'inet6' : 'inet';
        for (const proxy of ['v1', 'v2'] as const) {
          const target = checkTarget({ family, address, port, proxy });
          const result = await checkOnce(target);
          t.ok(result.up, `${proxy}, ${address}: ${result.message}`);
        }
        const without = await checkOnce(checkTarget({ family, address, port }));
        t.notOk(without.up, `without: ${without.message}`);
      }
    },
  );

t.test('TLS comes behind it', lab('nginx', 'openssl'), async (t) => {
  const folder = t.testdir();
  const authority = testAuthority(folder);
  const pair = authority.issue('www.example.org');
  const [cert, key] = [join(folder, 'own.pem'), join(folder, 'own.key')];
  writeFileSync(cert, pair.cert);
  writeFileSync(key, pair.key);
  const { port } = await nginx({ cert, key })(t, '127.0.0.1');
  const target = checkTarget({
    ...{ service: 'https', virtualhost: 'www.example.org', tlsCa: authority.file },
    ...{ port, receive: pattern('good') },
  });
  for (const proxy of ['v1', 'v2'] as const) {
    const result = await checkOnce({ ...target, proxy });
    t.ok(result.up, result.message);
  }
  t.notOk((await checkOnce(target)).up);
});
