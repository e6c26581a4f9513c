import { readStatus } from '../control/index.ts';
import type { StatusDocument } from '../model/status.ts';
import { formatIpvsadm } from './show-ipvsadm.ts';
import { formatTable } from './show-table.ts';
import { printableJson } from './show-text.ts';

export type ShowForm = 'table' | 'json' | 'ipvsadm';

/** Where text goes: `process.stdout`, or a list in a test. */
export interface Output {
  write(text: string): unknown;
}

export interface ShowOptions {
  readonly socketPath: string;
  readonly form: ShowForm;
  readonly out: Output;
  readonly err: Output;
  readonly colour: boolean;
  /** Columns the table must fit into; undefined: as long as it is. */
  readonly width?: number | undefined;
  /** How long the daemon may take to answer. */
  readonly timeoutMs?: number;
}

/** `show`: prints what a running director does.
 *  @returns the exit code: 0, or 1 with one line on `err` when no director answers */
export async function runShow(options: ShowOptions): Promise<number> {
  const { socketPath, form, out, err, timeoutMs = 5_000 } = options;
  try {
    const document = await readStatus(socketPath, { timeoutMs });
    out.write(FORMS[form](document, options));
    return 0;
  } catch (error) {
    err.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** Colour and width of a stream: colour only on a terminal, and not where NO_COLOR is set to
 *  anything or TERM is `dumb`. Source: https://no-color.org */
export function styleOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: Readonly<Record<string, string | undefined>>,
): Pick<ShowOptions, 'colour' | 'width'> {
  const terminal = stream.isTTY === true;
  return {
    colour: terminal && !env.NO_COLOR && env.TERM !== 'dumb',
    width: terminal ? stream.columns : undefined,
  };
}

const FORMS: Readonly<
  Record<ShowForm, (document: StatusDocument, options: ShowOptions) => string>
> = {
  table: (document, { colour, width }) =>
    formatTable(document, { colour, width, now: Date.now() }),
  json: (document) => `${printableJson(document)}\n`,
  ipvsadm: formatIpvsadm,
};
