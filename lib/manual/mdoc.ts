/** Columns of a line of source; mandoc warns of those longer than 80. */
const WIDTH = 76;

/** Text as it stands in a macro's argument: one, in quotes. Source: mdoc(7), "Quotation". */
export function argument(text: string): string {
  return `"${escaped(text).replaceAll('"', '\\(dq')}"`;
}

/** A paragraph's text, a sentence a line, as mdoc(7) wants it. Words between backquotes are
 *  literal. */
export function prose(text: string): readonly string[] {
  return text
    .split(/(?<=[A-Za-z0-9)"`][.!?]) +(?=[A-Z`])/)
    .flatMap((sentence) => wrap(escaped(sentence).replace(/`([^`]*)`/g, '\\fB$1\\fP')))
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line));
}

/** A list of things with what is to be said of each. */
export function list(
  items: readonly (readonly [tag: string, body: readonly string[]])[],
): readonly string[] {
  const each = items.flatMap(([tag, body]) => [`.It Sy ${argument(tag)}`, ...body]);
  return ['.Bl -tag -width Ds', ...each, '.El'];
}

/** Lines as they are. */
export function literal(lines: readonly string[]): readonly string[] {
  const safe = lines
    .map(escaped)
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line));
  return ['.Bd -literal -offset indent', ...safe, '.Ed'];
}

export function section(name: string, ...body: readonly string[]): readonly string[] {
  return [`.Sh ${name}`, ...body];
}

/** Backslashes and letters that roff takes for others; a minus stays one that can be copied. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('’', "'")
    .replace(/-(?=\S)/g, '\\-');
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
