import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { KeyPair } from './certificates.ts';
import {
  folderFor,
  type ProxyNeighbour,
  started,
  startNginx,
} from './proxy-neighbours.ts';
import { triedPort } from './tried-port.ts';

/** Starts a real web server on loopback, over TLS with that certificate: its answer is the word. */
export type StartTls = (
  t: Test,
  pair: KeyPair,
  word: string,
) => Promise<ProxyNeighbour>;

const address = '127.0.0.1';

/** nginx. */
export const nginxTls: StartTls = async (t, pair, word) => {
  const port = await triedPort(address);
  const folder = folderFor(t);
  const { cert, key } = written(folder, pair);
  const server = `listen ${address}:${port} ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate ${cert}; ssl_certificate_key ${key}; location / { return 200 "${word}"; }`;
  return await startNginx(t, `http { access_log off; server { ${server} } }`, {
    ...{ address, port },
  });
};

/** Apache, which judges the name by itself too: it answers 421 to one that the Host does not fit. */
export const apacheTls: StartTls = async (t, pair, word) => {
  const port = await triedPort(address);
  const folder = folderFor(t);
  const { cert, key } = written(folder, pair);
  mkdirSync(join(folder, 'pages'));
  writeFileSync(join(folder, 'pages', 'index.html'), word);
  const modules = ['mpm_event', 'authz_core', 'dir', 'socache_shmcb', 'ssl'];
  const lines = [
    ...['ServerName lab', `ServerRoot ${folder}`, `PidFile ${folder}/pid`],
    ...[`ErrorLog ${folder}/error`, 'User www-data', 'Group www-data'],
    ...modules.map(
      (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
    ),
    ...[`Listen ${address}:${port}`, `DocumentRoot ${folder}/pages`, 'StartServers 1'],
    ...['DirectoryIndex index.html', 'SSLEngine On'],
    ...[`SSLCertificateFile ${cert}`, `SSLCertificateKeyFile ${key}`],
    ...[`<Directory ${folder}/pages>`, ' Require all granted', '</Directory>'],
  ];
  const file = join(folder, 'conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return await started(t, 'apache2', ['-DFOREGROUND', '-f', file], { address, port });
};

function written(folder: string, pair: KeyPair) {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(cert, pair.cert);
  writeFileSync(key, pair.key);
  return { cert, key };
}

/** What a program prints. @throws with its words when it fails */
export async function said(
  program: string,
  args: readonly string[],
  input = '',
): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    errors += chunk;
  });
  child.stdin.end(input);
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${errors}`);
  return text;
}
