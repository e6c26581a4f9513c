import { PassThrough } from 'node:stream';
import t from 'tap';
import { plainDisplay, terminalDisplay } from '../../examples/quickstart/display.ts';
import { readKeys } from '../../examples/quickstart/keys.ts';
import { CONTROLS } from '../support/terminal.ts';

const LEAVE = '\u001b[?25h\u001b[?1049l';

function terminal(rows: number, columns: number) {
  let text = '';
  return {
    ...{ rows, columns },
    write: (more: string) => (text += more),
    text: () => text,
    /** What stands on the screen after the last drawing. */
    frame: () =>
      (text.split('\u001b[H').at(-1) ?? '')
        .replace('\u001b[J', '')
        .split('\n')
        .map((line) => line.replace('\u001b[K', '')),
  };
}

t.test('a picture takes the place of the last, the log stays below it', async (t) => {
  const screen = terminal(10, 40);
  const display = terminalDisplay(screen);
  display.line('first');
  display.show('one\ntwo');
  display.show('ONE\nTWO');
  display.line('second');
  t.same(screen.frame(), ['ONE', 'TWO', '', 'first', 'second']);
  display.close();
  t.ok(screen.text().endsWith(LEAVE));
  const before = screen.text();
  display.line('late');
  display.close();
  t.equal(screen.text(), before, 'after the end nothing is drawn');
});

t.test('it never grows beyond the screen, lines that wrap counted', async (t) => {
  const screen = terminal(8, 10);
  const display = terminalDisplay(screen);
  for (let i = 0; i < 20; i++) display.line(`line ${i} of the log`);
  t.same(
    screen.frame().slice(-6),
    [14, 15, 16, 17, 18, 19].map((i) => `line ${i} o…`),
  );
  const tall = terminal(8, 10);
  const other = terminalDisplay(tall);
  other.show('\u001b[1ma\u001b[0m\nbbbbbbbbbbbbbbb\nc\nd\ne\nf\ng');
  t.same(tall.frame(), ['\u001b[1ma\u001b[0m', 'bbbbbbbbbbbbbbb', 'c', 'd', 'e', '']);
});

t.test('what a line holds cannot drive the terminal', async (t) => {
  for (const make of [terminalDisplay, plainDisplay]) {
    const screen = terminal(10, 80);
    const display = make(screen);
    display.line('a\u001b[2J\u0007b');
    t.notMatch(screen.frame().join('\n'), CONTROLS);
  }
});

t.test('without a terminal: every line, the first picture', async (t) => {
  const pipe = terminal(0, 0);
  const display = plainDisplay(pipe);
  display.line('starts');
  display.show('one');
  display.show('two');
  display.line('ends');
  display.close();
  t.equal(pipe.text(), 'starts\none\nends\n');
});

t.test('keys are read one by one, and the terminal is given back', async (t) => {
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => raw.push(on),
  });
  const heard: (number | string)[] = [];
  const keys = readKeys(
    stdin,
    (digit) => heard.push(digit),
    () => heard.push('quit'),
  );
  stdin.emit('data', Buffer.from('1x3q\u0003'));
  t.same(heard, [1, 3, 'quit', 'quit']);
  keys[Symbol.dispose]();
  stdin.emit('data', Buffer.from('2'));
  t.equal(heard.length, 4);
  t.same(raw, [true, false]);
});

t.test('no keys where stdin is no terminal', async (t) => {
  const stdin = new PassThrough();
  const never = () => t.fail('no key was read');
  using _keys = readKeys(stdin, never, never);
  t.equal(stdin.listenerCount('data'), 0);
});
