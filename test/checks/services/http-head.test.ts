import t from 'tap';
import { parseHead } from '../../../lib/checks/services/http-head.ts';

t.test('a head is read when it is complete', async (t) => {
  const text =
    'HTTP/1.1 404 Not  Found\r\nA: b\r\nLocation:  /x \r\na: second\r\n\r\nbody';
  const head = parseHead(text, false);
  t.match(head, { status: 404, reason: 'Not Found', length: text.length - 4 });
  t.same(
    [...(head?.headers ?? [])],
    [
      ['a', ['b', 'second']],
      ['location', ['/x']],
    ],
  );
  for (let cut = 0; cut < text.length - 5; cut++)
    t.equal(parseHead(text.slice(0, cut), false), undefined, `${cut} bytes`);
});

t.test('when nothing more comes, what is there counts', async (t) => {
  for (const [text, status, length] of [
    ['HTTP/1.1 503', 503, 12],
    ['HTTP/1.0 200 OK\nA: b', 200, 20],
    ['hello', 200, 0],
  ] as const)
    t.match(parseHead(text, true), { status, length }, text);
});

t.test('words without a status line are a page', async (t) => {
  for (const text of [
    '<html>\n',
    'ICY 200 OK\r\n',
    'HTTP/1.1 999 x\n',
    '\n',
    'HTTP/1.1\n',
  ])
    t.match(
      parseHead(text, false),
      { status: 200, reason: 'Assumed OK', length: 0 },
      text,
    );
});
