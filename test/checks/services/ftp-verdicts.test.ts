import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startVsftpd } from '../../lab/servers/vsftpd.ts';
import { pattern } from '../../support/check-target.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { type FtpScript, ftpServer } from '../../support/ftp-server.ts';
import { lab } from '../../support/lab.ts';
import { rawServer } from '../../support/raw-server.ts';

const FETCHED = { real: true, why: 'without a receive the file must still come' };

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
    ['CWD refused', { replies: { CWD: '550 no' } }],
    ['TYPE refused', { replies: { TYPE: '504 no' } }],
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
