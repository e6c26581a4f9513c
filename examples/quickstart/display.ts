import { cut, printable } from '../../lib/cli/show-text.ts';

/** Where the quickstart shows what happens. */
export interface Display {
  /** What the director or a web server has to say; kept, or printed. */
  line(text: string): void;
  /** The picture of now; on a terminal it takes the place of the last one. */
  show(picture: string): void;
  /** Gives the terminal back as it was. Idempotent. */
  close(): void;
}

interface Terminal {
  readonly rows?: number;
  readonly columns?: number;
  write(text: string): unknown;
}

const LINES_KEPT = 6;
/** Private modes and erasing. Source: xterm's ctlseqs; ECMA-48. */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const TO_LINE_END = '\u001b[K';
const TO_SCREEN_END = '\u001b[J';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const COLOURS = /\u001b\[\d+m/g;

/** Redraws in place, on the terminal's second screen, with the last lines of the log below. */
export function terminalDisplay(terminal: Terminal): Display {
  const kept: string[] = [];
  let open = true;
  let picture = '';
  terminal.write(ENTER);

  const draw = () => {
    if (!open) return;
    const { rows = 24, columns = 80 } = terminal;
    const log = kept.map((line) => cut(printable(line), columns));
    const above = fitting(picture.split('\n'), rows - log.length - 2, columns);
    const lines = [...above, '', ...log].map((line) => line + TO_LINE_END);
    terminal.write(HOME + lines.join('\n') + TO_SCREEN_END);
  };
  return {
    line(text) {
      kept.push(text);
      if (kept.length > LINES_KEPT) kept.shift();
      draw();
    },
    show(next) {
      picture = next;
      draw();
    },
    close() {
      if (open) terminal.write(LEAVE);
      open = false;
    },
  };
}

/** Prints every line as it comes, and the first picture only. */
export function plainDisplay(terminal: Terminal): Display {
  let shown = false;
  return {
    line: (text) => terminal.write(`${printable(text)}\n`),
    show(picture) {
      if (!shown) terminal.write(`${picture}\n`);
      shown = true;
    },
    close() {},
  };
}

/** As many of the lines as find room when those that are too long wrap. */
function fitting(
  lines: readonly string[],
  rows: number,
  columns: number,
): readonly string[] {
  let used = 0;
  const end = lines.findIndex((line) => {
    used += Math.max(1, Math.ceil(line.replace(COLOURS, '').length / columns));
    return used > rows;
  });
  return end < 0 ? lines : lines.slice(0, end);
}
