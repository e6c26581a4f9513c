import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { isPassword } from '../../lib/model/password.ts';
import { lab } from '../support/lab.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/l4director.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** What a command prints to stdout and stderr.
 *  @param answers  typed as soon as each question is there */
async function run(
  words: readonly string[],
  answers: readonly (readonly [question: string, typed: string])[],
): Promise<Ended> {
  const [command = '', ...args] = words;
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const left = [...answers];
  let text = '';
  const take = (piece: Buffer) => {
    text += piece;
    const next = left[0];
    if (next === undefined || !text.includes(next[0])) return;
    left.shift();
    child.stdin.write(next[1]);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  if (answers.length === 0) child.stdin.end();
  const [code] = await once(child, 'close');
  return { code, text };
}

const bare = [process.execPath, PROGRAM, 'hash-password'];
/** On a terminal of its own. */
const onTerminal = ['script', '-qec', bare.join(' '), '/dev/null'];
/** Tells behind all that it writes to stderr whether the terminal would show what is typed. */
const TELLING = `data:text/javascript,${encodeURIComponent(`
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text) => write(text + (process.stdin.isRaw ? '(hidden)' : '(shown)'));
`)}`;
const hashIn = (text: string) => /^password = (\S+)/m.exec(text)?.[1];

t.test('the first line of stdin is the password', async (t) => {
  const child = spawn(bare[0] ?? '', bare.slice(1), { stdio: 'pipe' });
  child.stdin.end('hunter2\nmore\n');
  let text = '';
  child.stdout.on('data', (piece) => (text += piece));
  const [code] = await once(child, 'close');
  t.equal(code, 0);
  t.ok(await isPassword('hunter2', hashIn(text)));
});

t.test('without one it fails', async (t) => {
  t.match(await run(bare, []), { code: 1, text: 'no password: expected one' });
});

t.test('on a terminal it asks twice, and shows nothing', lab('script'), async (t) => {
  const { code, text } = await run(onTerminal, [
    ['Password: ', 'hunterr\u007f2\r'],
    ['again: ', 'hunter2\r'],
  ]);
  t.equal(code, 0);
  t.ok(await isPassword('hunter2', hashIn(text)), 'the backspace counts');
  t.notMatch(text, 'hunter');
});

t.test(
  'two that differ are none, and Ctrl-C calls it off',
  lab('script'),
  async (t) => {
    const differ = await run(onTerminal, [
      ['Password: ', 'hunter2\r'],
      ['again: ', 'hunter3\r'],
    ]);
    t.match(differ, { code: 1, text: 'they are not the same' });
    const off = await run(onTerminal, [['Password: ', 'hunt\u0003']]);
    t.match(off, { code: 1, text: 'no password' });
  },
);

t.test(
  'nothing is asked while the terminal would show it',
  lab('script'),
  async (t) => {
    const telling = [process.execPath, `--import "${TELLING}"`, ...bare.slice(1)];
    const { text } = await run(
      ['script', '-qec', telling.join(' '), '/dev/null'],
      [
        ['Password: ', 'hunter2\r'],
        ['again: ', 'hunter2\r'],
      ],
    );
    t.match(text, 'Password: (hidden)');
    t.match(text, 'again: (hidden)');
    t.notMatch(text.slice(0, text.indexOf('password =')), '(shown)');
  },
);
