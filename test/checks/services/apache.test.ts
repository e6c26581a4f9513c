import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { testAuthority } from '../../support/certificates.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';

const MODULES = ['mpm_event', 'authz_core', 'dir', 'alias', 'deflate', 'filter', 'ssl'];

function configuration(folder: string, http: number, https: number): string {
  const site = (port: number, name: string, tls = '') =>
    `<VirtualHost 127.0.0.1:${port}>\nServerName ${name}\nDocumentRoot ${folder}/${name}\n${tls}\n</VirtualHost>`;
  const tls = (name: string) =>
    `SSLEngine on\nSSLCertificateFile ${folder}/${name}.pem\nSSLCertificateKeyFile ${folder}/${name}.key`;
  return `
ServerName localhost
ServerRoot ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/error
User www-data
Group www-data
${MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
Listen 127.0.0.1:${http}
Listen 127.0.0.1:${https}
StartServers 1
ServerLimit 1
ThreadsPerChild 4
MaxRequestWorkers 4
MinSpareThreads 1
MaxSpareThreads 4
DirectoryIndex index.html
SetOutputFilter DEFLATE
Redirect gone /gone
SSLSessionCache none
${site(http, 'one')}
${site(http, 'two')}
${site(https, 'one', tls('one'))}
${site(https, 'two', tls('two'))}
`;
}

/** Ports that were free a moment ago: Apache can only be told numbers. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address !== null && typeof address === 'object') ports.push(address.port);
  }
  for (const server of servers) server.close();
  return [ports[0] ?? 0, ports[1] ?? 0];
}

/** A folder of sites that www-data can read, which one beneath this clone need not be. */
function sites(t: Test, pages: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'l4director-apache-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  for (const [name, text] of Object.entries(pages)) {
    mkdirSync(join(folder, name, 'sub'), { recursive: true });
    writeFileSync(join(folder, name, 'index.html'), text);
    writeFileSync(join(folder, name, 'sub', 'index.html'), text);
  }
  return folder;
}

/** Two sites, each over http and https, until the test ends. */
async function startApache(t: Test) {
  const folder = sites(t, { one: 'Test Page', two: 'Other Page' });
  const authority = testAuthority(folder);
  for (const name of ['one', 'two']) {
    const { key, cert } = authority.issue(name);
    writeFileSync(join(folder, `${name}.key`), key);
    writeFileSync(join(folder, `${name}.pem`), cert);
  }
  const [http, https] = await freePorts();
  writeFileSync(join(folder, 'conf'), configuration(folder, http, https));
  const child = spawn(
    '/usr/sbin/apache2',
    ['-DFOREGROUND', '-f', join(folder, 'conf')],
    {
      stdio: 'ignore',
    },
  );
  const exit = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGTERM');
    await exit;
  });
  const log = join(folder, 'error');
  while (!existsSync(log) || !readFileSync(log, 'utf8').includes('resuming normal')) {
    if (child.exitCode !== null) throw new Error('apache2 ended');
    await sleep(20);
  }
  return { http, https, tlsCa: authority.file };
}

t.test(
  "Debian's Apache is read as a browser would",
  lab('apache2', 'openssl', 'root'),
  async (t) => {
    const { http, https, tlsCa } = await startApache(t);
    const one = pattern('^Test Page$');
    const two = pattern('^Other Page$');
    const secure = { service: 'https', port: https, tlsCa };
    for (const [what, fields, up, message] of [
      ['a page', { receive: one }, true, '200 OK'],
      ['the other site', { receive: two, virtualhost: 'two' }, true, '200 OK'],
      [
        'no compression was asked for',
        { receive: one, request: '/index.html' },
        true,
        '200 OK',
      ],
      [
        'a page that is not there',
        { request: '/none' },
        false,
        '404 Not Found: expected 2xx',
      ],
      ['a page that is gone', { request: '/gone' }, false, '410 Gone: expected 2xx'],
      [
        'a folder without its slash',
        { request: '/sub', receive: one, virtualhost: `127.0.0.1:${http}` },
        true,
        '200 OK (after 1 redirect)',
      ],
      ['HEAD', { httpmethod: 'HEAD' }, true, '200 OK'],
      [
        'words that are not there',
        { receive: two },
        false,
        'body of 9 bytes does not match',
      ],
      ['https', { ...secure, receive: one }, true, '200 OK'],
      [
        'https, the site by SNI',
        { ...secure, receive: two, virtualhost: 'two' },
        true,
        '200 OK',
      ],
      [
        'https without the authority',
        { ...secure, tlsCa: undefined },
        false,
        'UNABLE_TO',
      ],
      [
        'http to the port of https',
        { port: https },
        false,
        '400 Bad Request: expected 2xx',
      ],
    ] satisfies [string, Partial<CheckTarget>, boolean, string][])
      await t.test(what, async (t) => {
        const result = await checkOnce(checkTarget({ port: http, ...fields }));
        t.equal(result.up, up, result.message);
        t.match(result.message, message);
      });
  },
);
