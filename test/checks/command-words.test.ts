import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { commandWords, splitWords } from '../../lib/checks/command-words.ts';

t.test('a command is split into words', async (t) => {
  for (const [command, words] of [
    ['/bin/true', ['/bin/true']],
    ['  /bin/check  -t   5 ', ['/bin/check', '-t', '5']],
    [`/c 'a b' "c d"`, ['/c', 'a b', 'c d']],
    [`/c --x='a b'c"d e"`, ['/c', '--x=a bcd e']],
    [`/c a\\ b "q\\"q" '\\'`, ['/c', 'a b', 'q"q', '\\']],
    [`/c "" ''`, ['/c', '', '']],
    ['/c $HOME * | ; >x', ['/c', '$HOME', '*', '|', ';', '>x']],
    ['/c "keep \\n"', ['/c', 'keep \\n']],
    ['', []],
  ] as const)
    t.same(splitWords(command), words, command);
});

t.test('an open quote is refused with the rule', async (t) => {
  for (const command of [`/c 'a`, '/c "a', `/c a"b'c`])
    t.throws(() => splitWords(command), /quote is left open: expected pairs/, command);
});

t.test('a value that names an executable file is one word', async (t) => {
  const folder = t.testdir();
  const file = join(folder, 'my check -v');
  mkdirSync(join(folder, 'a folder'));
  writeFileSync(file, '#!/bin/sh\n');
  t.same(await commandWords(file), [join(folder, 'my'), 'check', '-v']);
  chmodSync(file, 0o755);
  t.same(await commandWords(file), [file]);
  t.same(await commandWords(join(folder, 'a folder')), [join(folder, 'a'), 'folder']);
});
