import t from 'tap';
import { mailboxes } from '../../lib/alerts/addresses.ts';

const CASES: readonly (readonly [text: string, ...found: readonly string[][]])[] = [
  ['root', ['', 'root']],
  ['root@localhost', ['', 'root@localhost']],
  [' a@example.com ,b@example.com,', ['', 'a@example.com'], ['', 'b@example.com']],
  ['<a@example.com>', ['', 'a@example.com']],
  ['Ops Team <a@example.com>', ['Ops Team', 'a@example.com']],
  ['"B, C" <b@example.com>, root', ['B, C', 'b@example.com'], ['', 'root']],
  ['"a \\"b\\" c" <d@example.com>', ['a "b" c', 'd@example.com']],
  ['"odd,local"@example.com', ['', '"odd,local"@example.com']],
  ['two words', ...[]],
  ['', ...[]],
  [' , ,', ...[]],
  ['Name <>', ...[]],
];

t.test('mailboxes are read as mailers read them', async (t) => {
  for (const [text, ...found] of CASES)
    t.strictSame(
      mailboxes(text).map(({ name, address }) => [name, address]),
      found,
      JSON.stringify(text),
    );
});

t.test('rubbish as long as a line may be costs no time', async (t) => {
  for (const text of ['"', '<', '"\\', ',"<'])
    t.ok(mailboxes(text.repeat(4096 / text.length)).length >= 0);
});
