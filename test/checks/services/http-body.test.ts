import fc from 'fast-check';
import t from 'tap';
import { bodyReader } from '../../../lib/checks/services/http-body.ts';
import { parseHead } from '../../../lib/checks/services/http-head.ts';

function read(
  head: string,
  pieces: readonly string[],
  limit = 1000,
  method: 'GET' | 'HEAD' = 'GET',
) {
  const parsed = parseHead(`${head}\r\n\r\n`, true);
  if (parsed === undefined) throw new Error('no head');
  const body = bodyReader(parsed, method, limit);
  const wants = pieces.map((piece) => body.push(Buffer.from(piece, 'latin1')));
  return {
    text: body.bytes().toString('latin1'),
    more: wants.at(-1),
    tooLong: body.tooLong,
  };
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked';

t.test('the head says where the body ends', async (t) => {
  for (const [head, sent, text, more] of [
    ['HTTP/1.1 200 OK', 'all of it', 'all of it', true],
    ['HTTP/1.1 200 OK\r\nContent-Length: 3', 'abcdef', 'abc', false],
    ['HTTP/1.1 200 OK\r\nContent-Length: 9', 'abc', 'abc', true],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0', 'abc', '', false],
    ['HTTP/1.1 200 OK\r\nContent-Length: -1', 'abc', 'abc', true],
    ['HTTP/1.1 200 OK\r\nContent-Length: x', 'abc', 'abc', true],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2 x', 'abc', 'ab', false],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2, 2', 'abc', 'ab', false],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2', 'abc', 'ab', false],
    [`${CHUNKED}\r\nTransfer-Encoding: x`, 'abc', 'abc', true],
    [
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\nContent-Length: 2',
      'abc',
      'abc',
      true,
    ],
    ['HTTP/1.1 204 No Content', 'abc', '', false],
    [CHUNKED, '3\r\nabc\r\n0\r\n\r\nx', 'abc', false],
    [CHUNKED, '3;ext=1\nabc\n2\nde\n0\n', 'abcde', false],
    [CHUNKED, 'A\r\n0123456789\r\n', '0123456789', true],
    [CHUNKED, '3\r\nabc\r\nzz\r\nnever', 'abc', false],
    [`${CHUNKED}\r\nContent-Length: 1`, '2\r\nab\r\n', 'ab', true],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked', '1\r\na\r\n', 'a', true],
  ] as const)
    t.match(read(head, [sent]), { text, more }, `${head}: ${sent}`);
});

t.test('HEAD has no body', async (t) => {
  t.match(read('HTTP/1.1 200 OK\r\nContent-Length: 9', [''], 1000, 'HEAD'), {
    text: '',
    more: false,
  });
});

t.test('a body past the limit is cut, and said to be', async (t) => {
  t.same(read('HTTP/1.1 200 OK', ['12', '345'], 4), {
    text: '1234',
    more: false,
    tooLong: true,
  });
  t.match(read('HTTP/1.1 200 OK', ['12', '34'], 4), { text: '1234', tooLong: false });
  t.match(read(CHUNKED, ['5\r\n12345\r\n'], 4), { text: '1234', tooLong: true });
});

t.test('a size line without end ends the body', async (t) => {
  const { more } = read(CHUNKED, ['1'.repeat(5000)]);
  t.equal(more, false);
});

t.test('more around the chunks than there may be body ends it', async (t) => {
  const chunk = `1;${'x'.repeat(4000)}\r\na\r\n`;
  t.match(read(CHUNKED, Array<string>(100).fill(chunk)), {
    text: 'a'.repeat(16),
    more: false,
  });
});

t.test('a malformed chunk ends the body', async (t) => {
  for (const [sent, text] of [
    ['\r\n1\r\na\r\n', ''],
    ['1\r\na\r\n\r\n1\r\nb\r\n', 'a'],
    [' 1\r\na\r\n', ''],
    ['1\r\na1\r\nb\r\n', 'a'],
    ['1 x\r\na\r\n', ''],
    ['1x\r\na\r\n', ''],
  ] as const)
    t.match(read(CHUNKED, [sent]), { text, more: false }, JSON.stringify(sent));
});

t.test('lengths that differ are none', async (t) => {
  for (const lengths of ['9, 4', '9\r\nContent-Length: 4'])
    t.throws(() => read(`HTTP/1.1 200 OK\r\nContent-Length: ${lengths}`, ['']), {
      message: 'expected one Content-Length, got 2 that differ',
    });
});

t.test('it holds no bytes but the body', async (t) => {
  const parsed = parseHead(`${CHUNKED}\r\n\r\n`, true);
  if (parsed === undefined) throw new Error('no head');
  const body = bodyReader(parsed, 'GET', 1000);
  const piece = Buffer.from(`1;${'x'.repeat(4000)}\r\na\r\n`);
  body.push(piece);
  // A view would show it, and keep the whole piece in memory.
  piece.fill('z');
  t.equal(body.bytes().toString(), 'a');
});

t.test('chunks are put together however they are cut', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, unit: 'binary-ascii' }), { maxLength: 8 }),
      fc.array(fc.nat(200), { maxLength: 20 }),
      (chunks, cuts) => {
        const sent = [...chunks, '']
          .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
          .join('');
        const edges = [0, ...cuts.filter((at) => at <= sent.length), sent.length];
        edges.sort((a, b) => a - b);
        const pieces = edges.slice(1).map((end, i) => sent.slice(edges[i], end));
        const { text } = read(CHUNKED, pieces);
        return text === chunks.join('').slice(0, 1000);
      },
    ),
  );
});
