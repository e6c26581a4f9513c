import { pattern } from '../../../support/check-target.ts';
import type { Client } from '../client.ts';
import { SIGN } from '../words.ts';

const PAGE = 'Test Page';
const head = (status: string, ...headers: readonly string[]) =>
  `HTTP/1.1 ${status}\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;
const ANSWERS = [
  head('200 OK', 'Content-Type: text/html', 'Content-Length: 9') + PAGE,
  `${head('200 OK', 'Transfer-Encoding: chunked')}4\r\nTest\r\n5;x=y\r\n Page\r\n0\r\n\r\n`,
  `${head('200 OK', 'Transfer-Encoding: gzip, chunked')}9\r\n${PAGE}\r\n0\r\nX: y\r\n\r\n`,
  head('100 Continue') + head('103 Early Hints', 'Link: </a>') + head('200 OK') + PAGE,
  head('302 Found', `Location: http://${SIGN.place}/next`, 'Content-Length: 0'),
  head('301 Moved', 'Location: /next?x#y') + PAGE,
  head('308 Moved', `Location: //scott:tiger@${SIGN.place}/`),
  head('307 Moved', 'Location: https://www.example.com/'),
  head('401 Unauthorized', 'WWW-Authenticate: Basic realm="x"', 'Content-Length: 0'),
  head(
    '401 Unauthorized',
    'WWW-Authenticate: Digest realm="x", nonce="abc", qop="auth", algorithm=MD5',
  ),
  head('204 No Content'),
  head('500 Oh', 'Content-Length: 2, 3') + SIGN.echo,
  PAGE,
  `HTTP/1.0 200\n\n${PAGE}`,
];
const WORDS = [
  ...[
    'HTTP/1.1 ',
    '200',
    '302',
    '101 Switching',
    '\r\n',
    '\r\n\r\n',
    '\n\n',
    'Content-Length: ',
    'Location: ',
    'Set-Cookie: a=b\r\n',
  ],
  ...[
    'Transfer-Encoding: chunked\r\n',
    'ffffffffffff\r\n',
    '0\r\n',
    '-1\r\n',
    ': x\r\n',
    ' folded\r\n',
    'http://',
    'https://',
    '//',
  ],
  ...[SIGN.echo, SIGN.place, 'x'.repeat(5_000), PAGE, ...ANSWERS],
];
const receive = pattern('Test (?:Page|Site)');
const dialogues = ANSWERS.map((answer) => ['', answer]);

export const WEB: Readonly<Record<string, Client>> = {
  http: {
    service: 'http',
    asked: [
      { receive },
      { receive: undefined },
      { httpmethod: 'HEAD', receive: undefined },
      { virtualhost: 'www.example.com', receive },
      { request: '/http://scott:tiger-striped@www.example.com/x', receive },
    ],
    dialogues,
    words: WORDS,
  },
  'http proxy': {
    service: 'http_proxy',
    asked: [
      { request: 'http://www.example.com/', receive },
      { request: '/http://a:b@www.example.com:81/', receive: undefined },
    ],
    dialogues,
    words: WORDS,
  },
};

const record = (type: number, body: string) =>
  `${String.fromCharCode(type)}\x03\x03${String.fromCharCode(body.length >> 8, body.length & 255)}${body}`;
const HELLO = `\x02\0\0\x26\x03\x03${'r'.repeat(32)}\0\x13\x01\0`;
const TLS = [
  ['', record(21, '\x02\x28')],
  ['', record(22, HELLO), record(20, '\x01'), record(23, 'x'.repeat(40))],
  ['', record(22, `${HELLO}\x0b\0\0\x05\0\0\x02\0\0`), record(22, '\x0e\0\0\0')],
  ['HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['', SIGN.echo],
];
const TLS_WORDS = [
  ...TLS.flat(),
  '\x16\x03\x01',
  '\x15\x03\x03\0\x02',
  '\x14\x03\x03\0\x01\x01',
  '\xff\xff',
  SIGN.echo,
];

/** What comes before a word of the service does. */
export const OVER_TLS: Readonly<Record<string, Client>> = Object.fromEntries(
  (['https', 'imaps', 'pops', 'ldaps'] as const).map((service): [string, Client] => [
    service,
    {
      service,
      asked: [
        { tlsVerify: true },
        { tlsVerify: false, virtualhost: 'www.example.com' },
      ],
      dialogues: TLS,
      words: TLS_WORDS,
    },
  ]),
);
