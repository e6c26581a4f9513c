import { version } from '../model/version.ts';
import { prose, section } from './mdoc.ts';

/** Who a page is, and when it was made. */
export interface PageHead {
  readonly name: string;
  /** Chapter of the manual. */
  readonly chapter: 5 | 8;
  /** One line. */
  readonly summary: string;
  readonly date: Date;
}

const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

/** A page's head and its sections as one text. Source: mdoc(7). */
export function page(head: PageHead, sections: readonly (readonly string[])[]): string {
  const { name, chapter, summary, date } = head;
  const day = `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
  const lines = [
    '.\\" Made from the tables of the program.',
    `.Dd ${day}`,
    `.Dt ${name.toUpperCase()} ${chapter}`,
    `.Os l4director ${version()}`,
    ...section('NAME', `.Nm ${name}`, `.Nd ${summary}`),
    ...sections.flat(),
  ];
  return `${lines.join('\n')}\n`;
}

/** A page of the manual to read besides. */
export function seeAlso(pages: readonly (readonly [string, number])[]) {
  const last = pages.length - 1;
  return section(
    'SEE ALSO',
    ...pages.map(
      ([name, chapter], at) => `.Xr ${name} ${chapter}${at < last ? ' ,' : ''}`,
    ),
  );
}

export function paragraph(text: string): readonly string[] {
  return ['.Pp', ...prose(text)];
}
