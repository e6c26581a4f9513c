import {
  element,
  numberElement,
  TAG,
  textElement,
} from '../../../../lib/checks/services/ber.ts';
import { OPERATION } from '../../../../lib/checks/services/ldap-message.ts';
import { pgsqlMessage } from '../../../../lib/checks/services/pgsql-messages.ts';
import { pattern } from '../../../support/check-target.ts';
import { denied, GREETING, packet } from '../../../support/mysql-packets.ts';
import { type Client, SECRETS } from '../client.ts';
import { SIGN } from '../words.ts';

const { login, passwd } = SECRETS;
const text = (...parts: readonly Buffer[]) => Buffer.concat(parts).toString('latin1');
const BYTES = [
  '\0',
  '\xff',
  '\x80',
  '\x7f',
  '\0\0\0\0',
  '\xff\xff\xff\xff',
  '\0\0\0\x04',
  'x'.repeat(300),
  SIGN.echo,
];

const message = (id: number, operation: number, ...fields: readonly Buffer[]) =>
  element(TAG.sequence, numberElement(TAG.integer, id), element(operation, ...fields));
const result = (code: number, words = '') => [
  numberElement(TAG.enumerated, code),
  textElement(TAG.octetString, ''),
  textElement(TAG.octetString, words),
];
const bound = message(1, OPERATION.bindResponse, ...result(0));
const entry = message(
  2,
  OPERATION.searchEntry,
  textElement(TAG.octetString, 'dc=Test'),
  element(TAG.sequence),
);
const done = message(2, OPERATION.searchDone, ...result(0));
const LDAP = [
  ['', text(bound), text(entry, done)],
  ['', text(bound), text(message(2, OPERATION.searchReference), entry, entry, done)],
  [
    '',
    text(bound),
    text(message(2, OPERATION.searchDone, ...result(32, 'no such entry'))),
  ],
  ['', text(message(1, OPERATION.bindResponse, ...result(49, passwd)))],
  ['', text(message(0, OPERATION.extendedResponse, ...result(52)))],
];
const LDAP_WORDS = [
  ...LDAP.flat(),
  '\x30\x80',
  '\x30\x84\x7f\xff\xff\xff',
  '\x30\x85',
  '\x02\x01',
  '\x0a\x01',
  '\x64',
  '\x65',
  ...BYTES,
];

const counted = (word: string) =>
  Buffer.from(String.fromCharCode(word.length) + word, 'latin1');
const column = Buffer.concat([
  ...['def', '', '', '', '1', ''].map(counted),
  Buffer.of(0x0c, 33, 0, 1, 0, 0, 0, 8, 0x81, 0, 0, 0, 0),
]);
const eof = (sequence: number) => packet(sequence, Buffer.of(0xfe, 0, 0, 2, 0));
const ok = (sequence: number) => packet(sequence, Buffer.of(0, 1, 0, 2, 0, 0, 0));
const rows = text(
  packet(1, Buffer.of(1)),
  packet(2, column),
  eof(3),
  packet(4, counted('1')),
  eof(5),
);
const MYSQL = [
  [text(GREETING), text(ok(2)), rows],
  [text(GREETING), text(ok(2)), text(ok(1))],
  [
    text(GREETING),
    text(
      packet(
        2,
        Buffer.from('\xfemysql_native_password\0saltsaltsaltsaltsalt\0', 'latin1'),
      ),
    ),
    text(ok(4)),
    rows,
  ],
  [
    text(GREETING),
    text(
      packet(
        2,
        Buffer.from('\xfecaching_sha2_password\0saltsaltsaltsaltsalt\0', 'latin1'),
      ),
    ),
    '\x02\0\0\x04\x01\x04',
  ],
  [text(GREETING), text(denied(2, `no ${SIGN.echo.length}`))],
  [
    text(GREETING),
    text(ok(2)),
    text(packet(1, Buffer.from('\xfb/etc/passwd', 'latin1'))),
  ],
  [text(packet(0, Buffer.from('\xff\x10\x04Too many connections', 'latin1')))],
];
const MYSQL_WORDS = [
  ...MYSQL.flat(),
  '\xfb',
  '\xfc\xff\xff',
  '\xfd\xff\xff\xff',
  '\xfe\xff\xff\xff\xff\xff\xff\xff\xff',
  '\xff\xff\xff\x01',
  ...BYTES,
];

const zero = Buffer.alloc(4);
const asks = (kind: number, ...more: readonly (string | Buffer)[]) =>
  text(pgsqlMessage('R', Buffer.of(0, 0, 0, kind), ...more));
const ready = text(pgsqlMessage('Z', 'I'));
const row = text(
  pgsqlMessage('1'),
  pgsqlMessage('2'),
  pgsqlMessage('T', Buffer.of(0, 1), '?column?\0', zero, Buffer.alloc(14)),
  pgsqlMessage('D', Buffer.of(0, 1, 0, 0, 0, 1), '1'),
  pgsqlMessage('C', 'SELECT 1\0'),
);
const welcome =
  asks(0) +
  text(pgsqlMessage('S', 'server_version\x0015\0'), pgsqlMessage('K', zero, zero)) +
  ready;
const error = text(pgsqlMessage('E', `SFATAL\0C28000\0Mno ${passwd}\0\0`));
const PGSQL = [
  ['', 'N', welcome, row + ready],
  ['', 'N', asks(3), welcome, row + ready],
  ['', 'N', asks(5, 'salt'), welcome, text(pgsqlMessage('C', 'SET\0')) + ready],
  [
    '',
    'N',
    asks(10, 'SCRAM-SHA-256\0\0'),
    asks(11, `r=${SIGN.nonce}x,s=c2FsdA==,i=64`),
    asks(12, 'v=abc='),
    welcome,
  ],
  ['', 'N', asks(10, 'SCRAM-SHA-1\0\0')],
  ['', 'N', welcome, text(pgsqlMessage('G', '\0\0\0')) + ready],
  ['', 'N', error],
  ['', 'S', '\x15\x03\x03\0\x02\x02\x28'],
  ['', text(pgsqlMessage('E', 'SFATAL\0C57P03\0Mstarting\0\0'))],
];
const PGSQL_WORDS = [
  ...PGSQL.flat(),
  'i=100000',
  'i=1e9',
  ',s=',
  'r=',
  ready,
  'R\0\0\0\x08',
  'A\0\0\0\x04',
  'E\0\0\0\x05\0',
  ...BYTES,
];

const TNS = (type: number, body: string) => {
  const length = body.length + 8;
  return `${String.fromCharCode(length >> 8, length & 255)}\0\0${String.fromCharCode(type)}\0\0\0${body}`;
};
const ORACLE = [
  ['', TNS(4, '\x22\0\0\x10(ERR=12505)()()()')],
  ['', TNS(2, '\x01\x3f\x0c\x41\x20\0\xff\xff\x01\0\0\0\0\x20\x41\x41')],
  ['', TNS(11, ''), TNS(4, '\0\0\0\0')],
  ['', TNS(5, '\0\x20(ADDRESS=(PROTOCOL=TCP)(HOST=x))')],
];

/** Services that are spoken in bytes. */
export const IN_BYTES: Readonly<Record<string, Client>> = {
  ldap: {
    service: 'ldap',
    asked: [
      { request: 'dc=Test', receive: pattern('Test') },
      { login, passwd, request: '/dc=Test', receive: undefined },
    ],
    dialogues: LDAP,
    words: LDAP_WORDS,
  },
  mysql: {
    service: 'mysql',
    asked: [{ login, passwd, request: 'SELECT 1', database: 'x' }],
    dialogues: MYSQL,
    words: MYSQL_WORDS,
  },
  pgsql: {
    service: 'pgsql',
    asked: [
      { login, passwd, request: 'SELECT 1' },
      { login, passwd, request: 'SELECT 1; SELECT 2' },
    ],
    dialogues: PGSQL,
    words: PGSQL_WORDS,
    boundMs: 400, // rounds of SCRAM, in another thread
  },
  oracle: {
    service: 'oracle',
    asked: [{ login, passwd, request: 'SELECT 1 FROM dual', database: 'ORCL' }],
    dialogues: ORACLE,
    words: [...ORACLE.flat(), ...BYTES],
    boundMs: 400, // a library that reads much of itself first
  },
};
