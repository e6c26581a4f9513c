import { pattern } from '../../../support/check-target.ts';
import { type Client, SECRETS } from '../client.ts';
import { SIGN } from '../words.ts';

const { login, passwd } = SECRETS;
const COMMON = [
  '\r\n',
  '\n',
  '\r',
  ' ',
  '-',
  SIGN.echo,
  'x'.repeat(3_000),
  '\0',
  '\xff\xfe',
  '*',
  '+',
];
const words = (dialogues: readonly (readonly string[])[], more: readonly string[]) =>
  [...new Set([...dialogues.flat(), ...more, ...COMMON])].filter((word) => word !== '');

const IMAP = [
  ['* OK [CAPABILITY IMAP4rev1] here\r\n', 'a1 OK in\r\n', '* BYE\r\na2 OK bye\r\n'],
  [
    '* OK here\r\n',
    '+ go on\r\n',
    '+ go on\r\n',
    '* 3 EXISTS\r\na1 OK\r\n',
    'a2 OK\r\n',
  ],
  ['* PREAUTH hello\r\n', '* BYE\r\na2 OK\r\n'],
  ['* BYE no\r\n'],
  ['* OK x\r\n', `a1 NO ${SIGN.echo}\r\n`],
];
const POP = [
  ['+OK <1.2@here>\r\n', '+OK in\r\n', '+OK bye\r\n'],
  [
    '+OK <1.2@here>\r\n',
    '-ERR\r\n',
    '+OK\r\nSASL CRAM-MD5 PLAIN\r\nUIDL\r\n.\r\n',
    '+ PDFAaGVyZT4=\r\n',
    '+OK\r\n',
    '+OK\r\n',
  ],
  ['+OK\r\n', '-ERR\r\n', '+OK\r\n', '+OK\r\n', '+OK\r\n'],
  [
    '+OK\r\n',
    '+OK\r\nSASL CRAM-MD5\r\n.\r\n',
    `-ERR ${SIGN.echo}\r\n`,
    `+OK\r\n`,
    `-ERR ${SIGN.echo}\r\n`,
  ],
];
const SMTP = [
  ['220-a\r\n220 b\r\n', '250-x\r\n250-SIZE\r\n250 y\r\n', '221 bye\r\n'],
  ['220 b\r\n', '500 what?\r\n', '250 y\r\n', '221 bye\r\n'],
  ['554 no\r\n'],
  ['220 b\r\n', `502 ${SIGN.echo}\r\n`, `504 ${SIGN.echo}\r\n`],
];
const NNTP = [['200 here\r\n'], ['201 no posting\r\n'], ['502 no\r\n'], ['2']];
const FTP = [
  [
    '220-a\r\n x\r\n220 b\r\n',
    '331 word?\r\n',
    '230 in\r\n',
    '250 dir\r\n',
    '200 I\r\n',
    `227 Passive (127,77,0,1,${SIGN.ftpPort})\r\n`,
    '150 comes\r\n226 done\r\n',
    '221 bye\r\n',
  ],
  [
    '220 b\r\n',
    '230 in\r\n',
    '250 dir\r\n',
    '200 I\r\n',
    `227 =127,77,0,1,${SIGN.ftpPort}\r\n`,
    '125 comes\r\n',
    '451 broke\r\n',
    '221 bye\r\n',
  ],
  ['120 soon\r\n220 b\r\n', `530 ${SIGN.echo}\r\n`],
  [
    '220 b\r\n',
    '331 ?\r\n',
    '230 in\r\n',
    '550 no\r\n',
    '504 no\r\n',
    `227 (1,2,3,4,${SIGN.ftpPort})\r\n`,
    '550 none\r\n',
  ],
];
const SIMPLE = [
  ['', 'a\nTest Page\n'],
  ['Test Site'],
  ['', 'x\n\n\ny\r\n'],
  ['', SIGN.echo],
];
const OUT = { login: '', passwd: '' };
const IN = { login, passwd };
const ODD = { login: 'sc\xf6tt "x"', passwd: 'a\\b\xff' };

/** Services that are spoken in lines. */
export const LINES: Readonly<Record<string, Client>> = {
  imap: {
    service: 'imap',
    asked: [IN, OUT, ODD],
    dialogues: IMAP,
    words: words(IMAP, ['a1 ', 'a2 ', '* ', '+ ', ' OK', ' NO']),
  },
  pop: {
    service: 'pop',
    asked: [IN, OUT],
    dialogues: POP,
    words: words(POP, ['+OK', '-ERR', '.\r\n', '+ ', '<a@b>', '====']),
  },
  smtp: {
    service: 'smtp',
    asked: [{}],
    dialogues: SMTP,
    words: words(SMTP, ['220', '250-', '5', '000 ']),
  },
  nntp: {
    service: 'nntp',
    asked: [{}],
    dialogues: NNTP,
    words: words(NNTP, ['200', '400 ']),
  },
  ftp: {
    service: 'ftp',
    asked: [
      { ...IN, request: 'index.html', receive: pattern('Test') },
      { ...IN, request: 'a\rb', receive: undefined },
    ],
    dialogues: FTP,
    further: [['Test Page\n'], [''], ['x'.repeat(2_000)]],
    words: words(FTP, [
      SIGN.ftpPort,
      '227 (',
      ',255,255',
      ',0,0',
      '999 ',
      '150 ',
      '421 ',
    ]),
  },
  simpletcp: {
    service: 'simpletcp',
    boundMs: 2_000, // ten thousand lines are matched
    asked: [
      { request: 'x\\n', receive: pattern('Test (?:Page|Site)') },
      { request: '', receive: undefined },
    ],
    dialogues: SIMPLE,
    words: words(SIMPLE, ['Test', '\n\n\n\n', 'a\n'.repeat(200)]),
  },
};
