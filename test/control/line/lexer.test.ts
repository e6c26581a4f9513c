import t from 'tap';
import { commandsIn } from '../../../lib/control/line/lexer.ts';

t.test('a line is commands, and a command words', async (t) => {
  const cases: readonly (readonly [string, readonly (readonly string[])[]])[] = [
    ['', [[]]],
    ['show stat', [['show', 'stat']]],
    ['  show \t info  ', [['show', 'info']]],
    ['a;b c', [['a'], ['b', 'c']]],
    ['a;', [['a'], []]],
    [';a', [[], ['a']]],
    ['a;;b', [['a'], [], ['b']]],
    [String.raw`a\;b`, [['a;b']]],
    [String.raw`a\;`, [['a;']]],
    [String.raw`a\\;b`, [['a\\'], ['b']]],
    [String.raw`a\ b c`, [['a b', 'c']]],
    ['a\\', [['a\\']]],
  ];
  for (const [line, commands] of cases) t.same(commandsIn(line), commands, line);
});

t.test('a long line takes no longer than it is long', async (t) => {
  for (const piece of ['\\', ';', ' ', 'x', '\\;', ' \\'])
    t.ok(commandsIn(piece.repeat(8_000)).length > 0);
});
