/** A key's line. */
export interface IniLine {
  readonly key: string;
  readonly line: number;
  /** Without `=`. */
  readonly bare: boolean;
}

/** A section header with the keys below it. */
export interface IniSection {
  /** Inside of the brackets; undefined for what stands above all headers. */
  readonly name: string | undefined;
  readonly line: number;
  readonly keys: readonly IniLine[];
}

/** A comment may stand behind it, as behind a value. */
const HEADER = /^\s*\[(.*?)\]\s*(?:[;#].*)?$/;
const IGNORED = /^\s*(?:[;#]|$)/;

/** Where everything stands, and the text as the package `ini` may read it: to that, dots and
 *  brackets in a header mean something, so each header is replaced by `[s0]`, `[s1]` ... in the
 *  order of the sections. */
export function indexIni(text: string): {
  readonly sections: readonly IniSection[];
  readonly escaped: string;
} {
  const sections: (IniSection & { keys: IniLine[] })[] = [
    { name: undefined, line: 0, keys: [] },
  ];
  const escaped = text.split(/\r\n|[\r\n]/).map((whole, at) => {
    const line = at + 1;
    const header = HEADER.exec(whole);
    if (header !== null) {
      sections.push({ name: header[1]?.trim() ?? '', line, keys: [] });
      return `[s${sections.length - 1}]`;
    }
    if (!IGNORED.test(whole)) sections.at(-1)?.keys.push(keyOf(whole, line));
    return whole;
  });
  return { sections, escaped: escaped.join('\n') };
}

function keyOf(whole: string, line: number): IniLine {
  return { key: whole.replace(/=.*/s, '').trim(), line, bare: !whole.includes('=') };
}
