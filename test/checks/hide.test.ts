import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { hide } from '../../lib/checks/message.ts';
import { heapInUse } from '../support/heap.ts';

const PASSWORD = 'Pw/7 "a+b"=ß&<x>\\';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const quotedPrintable = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');

const FORMS: Readonly<Record<string, (word: string) => string>> = {
  'as it is': (word) => word,
  'in capitals': (word) => word.toUpperCase().replace('SS', 'ß'),
  'read as latin1': (word) => Buffer.from(word).toString('latin1'),
  'in a URL': encodeURIComponent,
  'in a URL, in small letters': (word) =>
    encodeURIComponent(word).replace(/%../g, (code) => code.toLowerCase()),
  'in a form': (word) => new URLSearchParams({ '': word }).toString().slice(1),
  'in quoted-printable': quotedPrintable,
  'in quoted-printable, over two lines': (word) =>
    quotedPrintable(word).replace('=62', '=62=\r\n'),
  'in a URL, as Latin-1': (word) => encodeURIComponent(word).replace('%C3%9F', '%DF'),
  'in a quoted string': (word) => word.replace(/["\\]/g, '\\$&'),
  'in JSON': (word) => JSON.stringify(word).slice(1, -1),
  'in a distinguished name': (word) =>
    word.replace(/[^a-z]/gi, (found) =>
      [...Buffer.from(found)].map((byte) => `\\${byte.toString(16)}`).join(''),
    ),
  'in HTML': (word) =>
    word
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&#62;')
      .replaceAll('"', '&quot;')
      .replaceAll('ß', '&#xDF;'),
  'in base64': base64,
  'in base64url': (word) => Buffer.from(word).toString('base64url'),
  'in SASL PLAIN': (word) => base64(`\0scott\0${word}`),
  'in Basic': (word) => base64(`scott:${word}`),
};

t.test('a password is hidden, however it is written', async (t) => {
  for (const [form, write] of Object.entries(FORMS)) {
    const written = write(PASSWORD);
    t.equal(
      hide(`500 got "${written}" there`, [PASSWORD]),
      '500 got "***" there',
      form,
    );
  }
  t.equal(hide(`AUTH=${base64(PASSWORD)}`, [PASSWORD]), 'AUTH=***');
  t.equal(hide(`/a/${base64(PASSWORD)}`, [PASSWORD]), '***');
});

t.test('what is no secret stays', async (t) => {
  const message =
    'connect ECONNREFUSED 10.0.0.1:80: expected 2xx banner, got "554 no SMTP=20 here%20"';
  t.equal(hide(message, [PASSWORD, 'scott', 'x', '']), message);
  t.equal(hide(message, ['', '']), message);
});

t.test('the longer word is hidden whole', async (t) => {
  t.equal(hide('is scott-tiger or scott?', ['scott', 'scott-tiger']), 'is *** or ***?');
});

t.test('short words are found too, and little else', async (t) => {
  t.equal(hide(`no sa, no ${base64('\0sa\0x')}`, ['sa', 'x']), 'no ***, no ***');
  t.equal(hide('user unknown', ['sa']), 'user unknown');
});

/** Messages that hold no secret, and all their words. */
const MESSAGES = [
  'connect ECONNREFUSED 10.1.12.3:8080',
  'expected 2xx after EHLO, got "554 5.7.1 not today, leaf of the same name"',
  'body of 1,024 bytes does not match /Test Page/ (starts with "<html><be>ag")',
  'TLS: unable to get local issuer certificate (UNABLE_TO_GET_ISSUER_CERT_LOCALLY)',
  'no answer within 3 s; before that "100 Trying"',
];
const WORDS = new Set(MESSAGES.flatMap((text) => text.match(/[\p{L}\d.]+/gu) ?? []));

/** All that stands somewhere in the text, of that many letters and digits, but is no word there. */
function partsOfWords(text: string, length: number): readonly string[] {
  const starts = [...text].map((_, at) => text.slice(at, at + length));
  return starts.filter((part) => /^[\p{L}\d]+$/u.test(part) && !WORDS.has(part));
}

t.test('a short word leaves all other words as they are', async (t) => {
  for (const message of MESSAGES)
    for (const part of [1, 2, 3].flatMap((length) => partsOfWords(message, length)))
      t.equal(hide(message, [part]), message, part);
  for (const sign of '.-/:_"()<>,')
    t.match(hide(MESSAGES.join(), [sign]), /10\.1\.12\.3:8080/, sign);
});

t.test('a short word is hidden where it stands by itself', async (t) => {
  for (const message of [
    '-ERR # is wrong',
    'wrong: #',
    '"#"',
    "user '#'@'10.0.0.1'",
    'scott:#@10.0.0.1',
    'PASS=#, again',
    'PASS%20#%0d%0a',
    'PASS=20#=0D=0A',
    'PASS\\x20#\\r\\n',
    'say\\n#\\n',
    'PASS\\u0020#',
    'you said #.',
  ])
    for (const word of ['x', '7', 'sa', '12', 'abc', '&', '[+', 'ß'])
      t.equal(
        hide(message.replaceAll('#', word), [word]),
        message.replaceAll('#', '***'),
        `${word} in ${message}`,
      );
  t.equal(
    hide('version 8.0.33 of 7 at 10.7.0.7', ['7', '33']),
    'version 8.0.33 of *** at 10.7.0.7',
  );
});

t.test('no form of any password comes through', async (t) => {
  const word = fc
    .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
    // What stands around it, or for it, would be hidden as well.
    .filter((text) => !/^[<>*]+$/.test(text));
  fc.assert(
    fc.property(word, fc.constantFrom('%', '=', 'base64', ' '), (password, form) => {
      const bytes = Buffer.from(password);
      const digits = (mark: string) =>
        [...bytes].map((byte) => mark + byte.toString(16).padStart(2, '0')).join('');
      const written =
        form === 'base64' ? base64(password) : form === ' ' ? password : digits(form);
      return hide(`<${written}>`, [password]) === '<***>';
    }),
  );
  t.pass();
});

t.test('a megabyte costs little', async (t) => {
  const began = performance.now();
  hide('AAAA='.repeat(200_000), [PASSWORD, 'scott', 'shared']);
  hide('='.repeat(1_000_000), ['====\n====', '%'.repeat(100)]);
  t.ok(performance.now() - began < 20_000, `${performance.now() - began} ms`);
});

t.test('words that are new each time leave no memory behind', async (t) => {
  const answer = (n: number) => createHash('md5').update(`${n}`).digest('hex');
  const before = await heapInUse();
  for (let n = 0; n < 200; n++) hide(`no=${answer(n)}, go away`, [answer(n)]);
  const grown = (await heapInUse()) - before;
  t.ok(grown < 10 << 20, `${grown} bytes`);
});
