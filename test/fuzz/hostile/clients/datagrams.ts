import { pattern } from '../../../support/check-target.ts';
import { type Client, SECRETS } from '../client.ts';
import { byteOf, SIGN } from '../words.ts';

const id = (at: number) => byteOf(at) + byteOf(at + 1);
const A = '\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x50';
const AAAA = `\xc0\x0c\0\x1c\0\x01\0\0\0\x3c\0\x10\x20\x01\x0d\xb8${'\0'.repeat(11)}\x01`;
const PTR = '\xc0\x0c\0\x0c\0\x01\0\0\0\x3c\0\x07\x03www\x01x\0';
const CNAME = '\xc0\x0c\0\x05\0\x01\0\0\0\x3c\0\x04\x01y\xc0\x0c';
const answer = (
  at: number,
  flags: string,
  count: number,
  ...records: readonly string[]
) =>
  `${id(at)}${flags}\0\x01\0${String.fromCharCode(count)}\0\0\0\0${SIGN.question}${records.join('')}`;
const answers = (at: number) => [
  answer(at, '\x81\x80', 1, A),
  answer(at, '\x81\x80', 2, CNAME, A),
  answer(at, '\x81\x80', 1, AAAA),
  answer(at, '\x81\x80', 1, PTR),
  answer(at, '\x81\x83', 0),
  answer(at, '\x83\x80', 0),
  answer(at, '\x81\x80', 0),
  `${id(at)}\x81\x85\0\0\0\0\0\0\0\0`,
];
const DNS_WORDS = [
  A,
  AAAA,
  PTR,
  CNAME,
  '\xc0\x0c',
  '\xc0\xff',
  '\xff',
  '\0\x01',
  '\x3f',
  '\0\x29',
  '\0\x10',
  '\0\x21',
  SIGN.question,
  SIGN.echo,
];
const dnsAsked = [
  { request: 'www.example.com', receive: pattern('192\\.0') },
  { request: '192.0.2.80', receive: pattern('www') },
];

const accepted = `${SIGN.signed}\x02${byteOf(1)}\0\x14${'\0'.repeat(16)}`;
const RADIUS = [
  accepted,
  `${SIGN.signed}\x03${byteOf(1)}\0\x18${'\0'.repeat(16)}\x12\x04no`,
  `${SIGN.signed}\x0b${byteOf(1)}\0\x26${'\0'.repeat(16)}\x50\x12${'\0'.repeat(16)}`,
  `\x02${byteOf(1)}\0\x14${'\0'.repeat(16)}`,
  SIGN.echo,
];

const sip = (status: string, ...more: readonly string[]) =>
  `SIP/2.0 ${status}\r\n${SIGN.sip}${more.map((line) => `${line}\r\n`).join('')}\r\n`;
const SIP = [
  sip('200 OK', 'Content-Length: 0'),
  `${sip('200 OK', 'l: 4')}v=0\n`,
  sip('100 Trying') + sip('200 OK'),
  sip('404 Not Found', 'Content-Length: 0'),
  'SIP/2.0 200 OK\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n',
  `\r\n\r\n${sip('180 Ringing')}`,
  SIGN.echo,
];
const SIP_WORDS = [
  ...SIP,
  'SIP/2.0 ',
  '\r\n\r\n',
  '\r\n',
  'Content-Length: ',
  'l: 99999999',
  'i: ',
  SIGN.sip,
  ' ',
  ':',
];
const { login, passwd, secret } = SECRETS;

/** Services that are asked by datagrams, and over TCP too. */
export const DATAGRAMS: Readonly<Record<string, Client>> = {
  dns: {
    service: 'dns',
    protocol: 'udp',
    asked: dnsAsked,
    dialogues: answers(0).map((text) => [text]),
    words: DNS_WORDS,
  },
  'dns over tcp': {
    service: 'dns',
    asked: dnsAsked,
    dialogues: answers(2).map((text) => ['', SIGN.counted + text]),
    words: [...DNS_WORDS, SIGN.counted],
  },
  radius: {
    service: 'radius',
    protocol: 'udp',
    asked: [{ login, passwd, secret }],
    dialogues: RADIUS.map((text) => [text]),
    words: [
      ...RADIUS,
      '\x12\x03a',
      '\x50\x12',
      '\x12\0',
      '\x12\xff',
      SIGN.signed,
      byteOf(1),
      '\0\x14',
    ],
  },
  sip: {
    service: 'sip',
    protocol: 'udp',
    asked: [{ login }, {}],
    dialogues: SIP.map((text) => [text]),
    words: SIP_WORDS,
  },
  'sip over tcp': {
    service: 'sip',
    asked: [{ login }, {}],
    dialogues: SIP.map((text) => ['', text]),
    words: SIP_WORDS,
  },
};
