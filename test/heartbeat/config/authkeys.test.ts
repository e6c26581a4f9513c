import t from 'tap';
import { readAuthKeys } from '../../../lib/heartbeat/config/authkeys.ts';

const FILE = '/etc/ha.d/authkeys';
const PRIVATE = 0o600;

const read = (text: string, mode = PRIVATE) => readAuthKeys(text, FILE, mode);

t.test('the key that signs, and those that are known besides', async (t) => {
  const { keyring, findings } = read(
    '# ours\nauth 2\n2 sha1 TOPSECRETWORD\n1 crc\n7 md5 old\n',
  );
  t.match(findings, [
    {
      file: FILE,
      line: 4,
      severity: 'warning',
      message: /nothing that is signed with key 1 is heard while "auth 2"/,
    },
  ]);
  t.same(keyring?.current, { number: 2, method: 'sha1', secret: 'TOPSECRETWORD' });
  t.same(
    keyring?.keys.map(({ number, method }) => `${number} ${method}`),
    ['2 sha1', '1 crc', '7 md5'],
  );
});

t.test('the order of lines does not matter', async (t) => {
  t.equal(read('3 md5 word\nauth 3\n').keyring?.current.secret, 'word');
});

for (const [text, line, message] of [
  ['2 sha1 x\n', 0, 'which key signs is not said'],
  ['auth 2\n', 1, 'there is no key 2'],
  ['auth 99\n2 sha1 x\n', 1, 'expected "auth" and the number of a key, 0 to 15'],
  ['auth 1\n1 sha256 x\n', 2, 'expected sha1, md5 or crc'],
  ['auth 1\n1 sha1\n', 2, 'sha1 takes a secret'],
  ['auth 1\n1 crc x\n', 2, 'crc has no secret'],
  ['auth 1\n1 crc\n1 sha1 x\n', 3, 'key 1 stands here a second time'],
  ['auth 1\nsha1 x\n1 crc\n', 2, 'expected "auth N", or "N METHOD SECRET"'],
] as const)
  t.test(`refused: ${JSON.stringify(text)}`, async (t) => {
    const { keyring, findings } = read(text);
    t.equal(keyring, undefined);
    t.match(findings, [{ file: FILE, line, severity: 'error' }]);
    t.ok(findings[0]?.message.includes(message), message);
  });

t.test(
  'a file that others can read is refused, and its words are not told',
  async (t) => {
    for (const mode of [0o640, 0o604, 0o644]) {
      const { keyring, findings } = read('auth 1\n1 sha1 hush hush\n', mode);
      t.equal(keyring, undefined);
      t.match(findings[0], {
        severity: 'error',
        message: `others can read the keys: chmod 600 ${FILE}`,
      });
      t.notOk(JSON.stringify(findings).includes('hush'));
    }
  },
);

t.test('whatever is wrong, no word of the file is told', async (t) => {
  for (const text of [
    'auth 1 sha1 TOPSECRET\n',
    'auth TOPSECRET\n',
    'auth 1\nsha1 TOPSECRET\n',
    'auth 1\n1 TOPSECRET\n',
    'auth 1\n1 crc TOPSECRET\n',
    'auth 1\n1 sha1 a\n1 sha1 TOPSECRET\n',
    'auth 1\nTOPSECRET\n',
  ]) {
    const { findings } = read(text);
    t.match(findings, [{ severity: 'error' }], text);
    t.notMatch(JSON.stringify(findings), /TOPSECRET/, text);
  }
});

t.test(
  'warned of: crc, which proves nothing, and a secret that a blank cuts',
  async (t) => {
    t.match(read('auth 1\n1 crc\n').findings, [{ line: 1, severity: 'warning' }]);
    const cut = read('auth 1\n1 sha1 one two\n');
    t.equal(cut.keyring?.current.secret, 'one');
    t.match(cut.findings, [{ line: 2, severity: 'warning' }]);
  },
);
