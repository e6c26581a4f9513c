import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startVsftpd } from '../../lab/servers/vsftpd.ts';
import { pattern } from '../../support/check-target.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { type FtpScript, ftpServer } from '../../support/ftp-server.ts';
import { lab } from '../../support/lab.ts';
import { rawServer } from '../../support/raw-server.ts';

const FETCHED = { real: true, why: 'without a receive the file must still come' };
const LOGIN = { real: true, why: 'a login that is refused is a check that failed' };
const PATIENCE = { real: false, why: '120 says that the greeting is to come' };
const AT_ONCE = { real: false, why: 'the file came, and is said to be whole' };

t.test('ftp', lab('ldirectord', 'perl', 'vsftpd', 'root'), async (t) => {
  const passwd = 'lab.test';
  const files = { 'index.txt': 'Test Page\n', empty: '', bytes: Buffer.from([255]) };
  const vsftpd = await startVsftpd(t, { files, password: passwd });
  const six = await startVsftpd(t, { files, password: passwd, address: '::1' });
  const receive = pattern('^Test Page$');
  const cases: VerdictCase[] = [];
  function add(
    name: string,
    fields: Partial<CheckTarget>,
    differs?: VerdictCase['differs'],
  ) {
    const base = { service: 'ftp', request: '/index.txt', login: 'anonymous', passwd };
    cases.push({
      name,
      fields: { ...base, ...fields },
      ...(differs ? { differs } : {}),
    });
  }
  add('vsftpd: a file', { port: vsftpd, receive });
  add('vsftpd: a file, IPv6', { port: six, address: '::1', receive });
  add('vsftpd: any file', { port: vsftpd });
  add('vsftpd: another file', { port: vsftpd, receive: pattern('sorry') });
  add('vsftpd: a byte', {
    port: vsftpd,
    request: '/bytes',
    receive: pattern('^\\xff$'),
  });
  add('vsftpd: no such file', { port: vsftpd, request: '/none', receive });
  add('vsftpd: an empty file', { port: vsftpd, request: '/empty', receive });
  add('vsftpd: a wrong password', { port: vsftpd, passwd: 'tiger', receive });
  add('vsftpd: a wrong user', { port: vsftpd, login: 'root', receive });
  add('vsftpd: no such file, no receive', { port: vsftpd, request: '/none' }, FETCHED);
  add('nobody listens', { port: 1, receive });
  add('nobody listens, no receive', { port: 1 }, FETCHED);
  for (const [name, script, differs] of [
    ['a greeting of many lines', { replies: { greeting: '220-a\r\n b\r\n220 c' } }],
    ['no password wanted', { replies: { USER: '230 in' } }],
    ['USER refused', { replies: { USER: '500 no' } }, LOGIN],
    ['PASS refused', { replies: { PASS: '530 no' } }, LOGIN],
    ['an account wanted', { replies: { PASS: '332 account' } }, LOGIN],
    ['CWD refused', { replies: { CWD: '550 no' } }],
    [
      'a server that gives up at CWD',
      { replies: { CWD: '421 bye' } },
      { real: true, why: '421 says that it closes the connection' },
    ],
    ['TYPE refused', { replies: { TYPE: '504 no' } }],
    ['more wanted after TYPE', { replies: { TYPE: '300 and?' } }],
    ['more wanted after CWD', { replies: { CWD: '350 and?' } }],
    ['a greeting announced', { replies: { greeting: '120 a\r\n220 b' } }, PATIENCE],
    ['226 to RETR', { replies: { RETR: '226 sent' }, after: '' }, AT_ONCE],
    ['250 to RETR', { replies: { RETR: '250 sent' }, after: '' }, AT_ONCE],
    ['a greeting that turns away', { replies: { greeting: '421 busy' } }],
    ['a transfer that fails after the file', { after: '426 cut' }],
    ['silence after the file', { after: '' }],
    ['silence within the file', { send: (data) => void data.write('Test Page') }],
    ['silence to QUIT', { replies: { QUIT: '' } }],
    [
      'PASV refused',
      { replies: { PASV: '502 no' } },
      { real: true, why: 'no connection is taken from a server: passive mode is all' },
    ],
  ] satisfies [string, FtpScript, VerdictCase['differs']?][]) {
    const { port } = await ftpServer(t, script);
    add(name, { port, receive }, differs);
  }
  for (const [name, answer] of [
    ['silence', undefined],
    ['an end', ''],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
  ] as const) {
    const { port } = await rawServer(t, (socket) => {
      if (answer !== undefined) socket.end(answer);
    });
    add(name, { port, receive });
  }
  await compareVerdicts(t, 'ftp', cases);
});
