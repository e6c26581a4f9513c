import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startVsftpd } from '../../lab/servers/vsftpd.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';

t.test("Debian's vsftpd gives files", lab('vsftpd', 'root'), async (t) => {
  const passwd = 'lab.test';
  const files = {
    'index.txt': 'Test Page\n',
    'a file': 'blank',
    bytes: Buffer.from([0, 13, 10, 255]),
    empty: '',
    long: 'x'.repeat(3_000_000),
  };
  const receive = pattern('^Test Page\n$');
  for (const address of ['127.0.0.1', '::1'] as const) {
    const port = await startVsftpd(t, { files, password: passwd, address });
    for (const [what, request, fields, up, message] of [
      ['a file', '/index.txt', { receive }, true, 'file of 10 bytes'],
      ['any file', '/index.txt', {}, true, 'file of 10 bytes'],
      ['a name with a blank', '/a file', {}, true, 'file of 5 bytes'],
      [
        'bytes as they are',
        '/bytes',
        { receive: pattern('^\\x00\\r\\n\\xff$') },
        true,
        'file of 4 bytes',
      ],
      ['an empty file', '/empty', {}, true, 'file of 0 bytes'],
      ['an empty file that should not be', '/empty', { receive }, false, 'of 0 bytes'],
      ['a long file', '/long', {}, true, 'file of more than 1,048,576 bytes'],
      ['a long file to match', '/long', { receive }, false, 'more than 1,048,576'],
      [
        'a whole long file',
        '/long',
        { receive: pattern('x$'), bodyLimit: 3_000_000 },
        true,
        'file of 3,000,000 bytes',
      ],
      [
        'words that are not there',
        '/index.txt',
        { receive: pattern('sorry') },
        false,
        'file of 10 bytes does not match /sorry/ (starts with "Test Page")',
      ],
      ['no such file', '/none', {}, false, 'expected 150 to RETR, got "550 '],
      [
        'a wrong password',
        '/index.txt',
        { passwd: 'tiger' },
        false,
        'expected 230 to PASS, got "530 Login incorrect."',
      ],
      [
        'a user it does not take',
        '/index.txt',
        { login: 'root' },
        false,
        'expected 331 to USER, got "530 This FTP server is anonymous only."',
      ],
    ] satisfies [string, string, Partial<CheckTarget>, boolean, string][])
      await t.test(`${what}, at ${address}`, async (t) => {
        const base = { address, port, service: 'ftp', login: 'anonymous', passwd };
        const result = await checkOnce(checkTarget({ ...base, request, ...fields }));
        t.equal(result.up, up, result.message);
        t.match(result.message, message);
      });
  }
});
