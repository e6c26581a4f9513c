import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readIni } from '../../lib/config/ini.ts';
import { hashPassword } from '../../lib/model/password.ts';
import { testAuthority } from '../support/certificates.ts';

const HASH = await hashPassword('hunter2');
const USER = `[web user anna]\npassword = ${HASH}\nrole = admin\n`;

/** FOLDER stands for a folder with page.pem, page.key and other.key. */
async function read(t: Test, text: string) {
  const folder = t.testdir();
  const authority = testAuthority(folder);
  const page = authority.issue('page.example');
  writeFileSync(join(folder, 'page.pem'), page.cert);
  writeFileSync(join(folder, 'page.key'), page.key);
  writeFileSync(join(folder, 'other.key'), authority.issue('other.example').key);
  const file = join(folder, 'l.ini');
  writeFileSync(file, text.replaceAll('FOLDER', folder));
  const ini = await readIni('/nonexistent/a.cf', file);
  const errors = ini.errors.map(({ line, message }) => `${line}: ${message}`);
  return { web: ini.process.web, errors, folder };
}

const TLS = 'tls-certificate = FOLDER/page.pem\ntls-key = FOLDER/page.key\n';

t.test('on loopback the page needs no more than a place', async (t) => {
  for (const [text, address] of [
    ['127.0.0.1:9080', '127.0.0.1'],
    ['127.8.0.9:9080', '127.8.0.9'],
    ['[::1]:9080', '::1'],
  ]) {
    const { web, errors } = await read(t, `[web]\nlisten = ${text}\n`);
    const listen = { address, port: 9080 };
    t.strictSame([web, errors], [{ listen, tls: undefined, users: [] }, []]);
  }
  t.strictSame((await read(t, USER)).web, undefined, 'without it there is none');
});

t.test('beyond loopback it needs users and TLS', async (t) => {
  const at = '[web]\nlisten = 0.0.0.0:9080\n';
  const { web, errors, folder } = await read(t, `${at}${TLS}${USER}`);
  t.strictSame(errors, []);
  t.strictSame(web, {
    listen: { address: '0.0.0.0', port: 9080 },
    tls: { certificate: `${folder}/page.pem`, key: `${folder}/page.key` },
    users: [{ name: 'anna', password: HASH, role: 'admin' }],
  });
  const lacking = [
    [
      at,
      'needs a user (.*) and TLS .*: expected that, or loopback, as in "127.0.0.1:9080"',
    ],
    [at + USER, 'needs TLS (tls-certificate and tls-key): expected'],
    [at + TLS, 'needs a user ("[web user NAME]" with the password'],
    [at.replace('0.0.0.0', '[::]') + USER, 'listen = ::: beyond loopback'],
    [at.replace('0.0.0.0', '10.0.0.1') + USER, 'listen = 10.0.0.1: beyond'],
  ] as const;
  for (const [text, saying] of lacking) {
    const { errors } = await read(t, text);
    t.equal(errors.length, 1, text);
    t.match(errors[0]?.startsWith('2: '), true);
    const pieces = saying.split('.*');
    for (const piece of pieces) t.match(errors[0], piece);
  }
});

const REFUSED = [
  ['[web]\nlisten = 9080\n', 2, 'expected ADDRESS:PORT, as in "127.0.0.1:9080"'],
  ['[web]\nlisten = localhost:9080\n', 2, 'expected ADDRESS:PORT'],
  ['[web]\nlisten = 127.0.0.1:0\n', 2, 'expected ADDRESS:PORT'],
  ['[web]\nlisten = 127.0.0.1:65536\n', 2, 'expected ADDRESS:PORT'],
  ['[web]\nlisten = ::1:9080\n', 2, 'expected ADDRESS:PORT'],
  ['[web]\nlisten = 1.2.3:80\n', 2, 'expected ADDRESS:PORT'],
  ['[web]\ntls-key = page.key\n', 2, 'expected an absolute path'],
  ['[web]\ntls-key = FOLDER/page.key\n', 2, 'there without tls-certificate'],
  ['[web]\ntls-certificate = FOLDER/page.pem\n', 2, 'there without tls-key'],
  ['[web]\ntls-certificate = /dev/zero\ntls-key = FOLDER/page.key\n', 2, 'no PEM file'],
  ['[web]\ntls-certificate = FOLDER/no.pem\ntls-key = FOLDER/page.key\n', 2, 'ENOENT'],
  [`[web]\n${TLS.replace('page.key', 'other.key')}`, 2, 'cannot be used: '],
  ['[web user anna]\nrole = admin\n', 1, '[web user anna] has no password: expected'],
  [
    `[web user anna]\nrole = root\npassword = ${HASH}\n`,
    2,
    'expected admin or read-only',
  ],
  ['[web user a b]\n', 1, 'unknown section [web user a b]'],
  ['[web user]\n', 1, 'unknown section [web user]'],
  [`${USER}listen = 127.0.0.1:9080\n`, 4, 'expected it in [peer] or [web]'],
  ['[web]\nrole = admin\n', 2, 'expected it in [web user NAME]'],
  [`${USER}[web user anna]\n`, 4, 'is there already'],
] as const;

t.test('what is wrong is an error with its line', async (t) => {
  for (const [text, line, saying] of REFUSED) {
    const { errors } = await read(t, text);
    t.match(errors[0], saying, text);
    t.match(errors[0], `${line}: `, text);
  }
});

t.test('a password that stands there itself is not repeated', async (t) => {
  for (const password of [
    'hunter2',
    'scrypt$hunter2',
    HASH.replace('ln=15', 'ln=30'),
  ]) {
    const { errors } = await read(t, `[web user anna]\npassword = ${password}\n`);
    t.match(
      errors[0],
      '2: password = ***: expected what "l4director hash-password" prints',
    );
    t.notMatch(errors.join(), /hunter2|ln=30/);
  }
});
