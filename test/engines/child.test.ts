import t from 'tap';
import { runChild } from '../../lib/engines/child.ts';

const shell = (script: string) => ['-c', script];
const HOW = { input: '', ms: 10_000 };

t.test('who prints too much is ended, heard or kept', async (t) => {
  let size = 0;
  const hear = (piece: string) => {
    size += piece.length;
  };
  const flood = shell('yes');
  for (const more of [{}, { hear }]) {
    const how = { ...HOW, ...more, outputLimit: 1000 };
    t.strictSame(await runChild('/bin/sh', flood, how), { how: 'flood' });
  }
  t.ok(size <= 1000);
});

t.test('what is heard is all of it, in order, before the end', async (t) => {
  let heard = '';
  const hear = (piece: string) => {
    heard += piece;
  };
  // It has ended long before all is heard.
  const numbers = shell('seq 1 100000');
  const ended = await runChild('/bin/sh', numbers, { ...HOW, hear });
  t.match(ended, { how: 'exit', status: 0, stdout: '' });
  const expected = Array.from({ length: 100_000 }, (_, at) => `${at + 1}\n`).join('');
  t.ok(heard === expected);
});
