import { type Colour, cut, painter, printable } from './show-text.ts';

/** How a table is written. */
export interface Style {
  readonly colour: boolean;
  /** Columns to fit into; undefined: lines may be as long as they are. */
  readonly width: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What a column shows of a thing. */
export interface Column<T> {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly text: (of: T, now: number) => string;
  readonly colour?: (of: T) => Colour | undefined;
}

/** The lines of a table, indented by two. */
export interface Lines<T> {
  readonly titles: string;
  readonly row: (of: T) => string;
}

/** Columns as wide as all the things need. Where there is a width, the last one is cut. */
export function alignColumns<T>(
  columns: readonly Column<T>[],
  things: readonly T[],
  { colour, width, now }: Style,
): Lines<T> {
  const paint = painter(colour);
  const widths = columns.map(({ title, text }) => {
    let widest = title.length;
    for (const thing of things) widest = Math.max(widest, text(thing, now).length);
    return widest;
  });
  const before = widths.slice(0, -1).reduce((sum, size) => sum + size + 2, 2);
  const room = width === undefined ? Infinity : Math.max(8, width - before);

  /** Padded, or cut; colour is put on after that, as its codes have no width. */
  function fit(text: string, at: number, align: 'left' | 'right'): string {
    if (at === columns.length - 1) return cut(text, room);
    const size = widths[at] ?? 0;
    return align === 'left' ? text.padEnd(size) : text.padStart(size);
  }

  const line = (cells: readonly string[]) => `  ${cells.join('  ')}`;
  return {
    titles: paint(
      'dim',
      line(columns.map(({ title, align }, at) => fit(title, at, align))),
    ),
    row: (of) =>
      line(
        columns.map((column, at) => {
          const text = fit(printable(column.text(of, now)), at, column.align);
          const own = column.colour?.(of);
          return own ? paint(own, text) : text;
        }),
      ),
  };
}
