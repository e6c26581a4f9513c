/** A directive's line inside a section: indentation gone, tabs turned into blanks, cut at `#`. */
export interface BodyLine {
  readonly line: number;
  readonly text: string;
  /** From `#` on; empty when nothing was cut. */
  readonly cut: string;
}

/** A `virtual=` or `virtual6=` line with its body. */
export interface SectionLines {
  readonly kind: 'section';
  readonly line: number;
  readonly six: boolean;
  /** Right of `=`. */
  readonly value: string;
  readonly body: readonly BodyLine[];
  /** The line that ended it, or the file's last: where ldirectord reports what it finds only
   *  when it knows the whole section. */
  readonly end: number;
  /** The moment of that, on the scale of {@link Findings}. */
  readonly when: number;
  /** The file ends with this very line, which ldirectord then reads twice (observed). */
  readonly last: boolean;
}

export interface GlobalLine {
  readonly kind: 'global';
  readonly line: number;
  readonly text: string;
}

const HEADER = /^virtual(6?)[ \t\v\f\r]*=[ \t\v\f\r]*(.*)$/s;
const COMMENT = /^[ \t\v\f\r]*#/;
const BLANK = /^[ \t\v\f\r]*$/;
const INDENTED = /^ {4,}(.+)$/s;

/** Cuts a file into global lines and sections, as ldirectord does: a section starts in column 0
 *  and lasts while lines have four leading blanks and something after them; comments do not end
 *  it, an empty line does. Source: observed. */
export function* cutIntoItems(text: string): Generator<GlobalLine | SectionLines> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (let at = 0; at < lines.length; at++) {
    const text = lines[at] ?? '';
    const header = HEADER.exec(text);
    if (header !== null) {
      const { body, next } = bodyAfter(lines, at + 1);
      const [, six, value = ''] = header;
      const section = {
        kind: 'section',
        line: at + 1,
        six: six === '6',
        value,
        body,
      } as const;
      yield { ...section, ...endOf(next, lines.length), last: at === lines.length - 1 };
      at = next - 1;
    } else if (!BLANK.test(text) && !COMMENT.test(text))
      yield { kind: 'global', line: at + 1, text };
  }
}

/** @param next  index of the first line that is not the section's */
function endOf(next: number, count: number): Pick<SectionLines, 'end' | 'when'> {
  return next < count
    ? { end: next + 1, when: next + 0.5 }
    : { end: count, when: count + 0.5 };
}

function bodyAfter(
  lines: readonly string[],
  start: number,
): { readonly body: BodyLine[]; readonly next: number } {
  const body: BodyLine[] = [];
  let at = start;
  for (; at < lines.length; at++) {
    const whole = lines[at] ?? '';
    if (COMMENT.test(whole)) continue;
    const hash = whole.indexOf('#');
    const kept = hash < 0 ? whole : whole.slice(0, hash);
    const directive = INDENTED.exec(kept.replaceAll('\t', '    '));
    if (directive === null) break;
    const cut = hash < 0 ? '' : whole.slice(hash);
    body.push({ line: at + 1, text: directive[1] ?? '', cut });
  }
  return { body, next: at };
}
