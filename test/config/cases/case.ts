/** Names that the tests' resolver and ldirectord's both know, as `name/family`. */
export const HOSTS: Readonly<Record<string, string>> = {
  'www.example/inet': '192.0.2.10',
  'www.example/inet6': '2001:db8::10',
  'bar.example/inet': '192.0.2.11',
  'real-1/inet': '192.0.2.12',
  'six.example/inet6': '2001:db8::6',
};

type Values = Readonly<Record<string, unknown>>;

/** A file and what is to become of it. */
export interface Case {
  readonly text: string;
  /** Part of the report when accepted: of `global`, and of the first virtual service. */
  readonly global?: Values;
  readonly virtual?: Values;
  /** Ids of all services, where they are the point. */
  readonly ids?: readonly string[];
  /** When refused: the first error's line, and what its message holds. */
  readonly refused?: { readonly line: number; readonly saying: string };
  /** What a warning holds, where one is the point. */
  readonly warning?: string;
}

/** A row of a table: the line, the values it leads to or the words of its refusal, and perhaps
 *  words of a warning. */
export type Row =
  | readonly [line: string, values: Values, warning?: string]
  | readonly [line: string, saying: string];

/** A global line each. */
export function globals(rows: readonly Row[]): readonly Case[] {
  return rows.map(([line, outcome, warning]) => ({
    text: `${line}\n`,
    ...(typeof outcome === 'string'
      ? { refused: { line: 1, saying: outcome } }
      : { global: outcome }),
    ...(warning === undefined ? {} : { warning }),
  }));
}

/** A line each in a section; more lines with `\n`. A refusal is at the first of them. */
export function inSection(
  rows: readonly Row[],
  header = 'virtual=10.1.1.19:80',
): readonly Case[] {
  return rows.map(([lines, outcome, warning]) => ({
    text: `${[header, ...lines.split('\n').map((line) => `    ${line}`)].join('\n')}\n`,
    ...(typeof outcome === 'string'
      ? { refused: { line: 2, saying: outcome } }
      : { virtual: outcome }),
    ...(warning === undefined ? {} : { warning }),
  }));
}

/** A `virtual` line each, with a body below it. */
export function headers(rows: readonly Row[]): readonly Case[] {
  return rows.map(([line, outcome, warning]) => ({
    text: `${line}\n    checktype=off\n`,
    ...(typeof outcome === 'string'
      ? { refused: { line: 1, saying: outcome } }
      : { virtual: outcome }),
    ...(warning === undefined ? {} : { warning }),
  }));
}

/** A `real` value each; values are those of the first real server, or of all in `reals`. */
export function reals(rows: readonly Row[], six = ''): readonly Case[] {
  const header = six ? 'virtual6=[2001:db8::19]:80' : 'virtual=10.1.1.19:80';
  const asReals = rows.map(([value, outcome, warning]): Row => {
    const line = `real${six}=${value}`;
    if (typeof outcome === 'string') return [line, outcome];
    return [line, 'reals' in outcome ? outcome : { reals: [outcome] }, warning ?? ''];
  });
  return inSection(asReals, header);
}
