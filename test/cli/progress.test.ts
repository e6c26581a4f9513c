import t from 'tap';
import { createProgress } from '../../lib/cli/progress.ts';

function stream(terminal: boolean) {
  const written: string[] = [];
  return {
    ...{ isTTY: terminal, columns: 20, written },
    write: (text: string) => written.push(text),
  };
}

t.test('on a terminal one line is written over, and goes', async (t) => {
  const glass = stream(true);
  {
    using progress = createProgress(glass);
    progress.show('3 left');
    progress.show('a\u001b[2J longer than the terminal is wide');
  }
  t.same(glass.written, [
    '\r3 left\u001b[K',
    '\ra\\u001b[2J longer …\u001b[K',
    '\r\u001b[K',
  ]);
});

t.test('elsewhere a line comes when it is news, every 5 s at most', async (t) => {
  const pipe = stream(false);
  let now = 0;
  {
    using progress = createProgress(pipe, () => now);
    progress.show('3 left');
    progress.show('2 left');
    now = 5_000;
    progress.show('3 left');
    progress.show('1 left');
    now = 10_000;
    progress.show('0\u0007 left');
  }
  t.same(pipe.written, ['3 left\n', '1 left\n', '0\\u0007 left\n']);
});
