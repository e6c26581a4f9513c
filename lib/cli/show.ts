import { readStatus } from '../control/client.ts';
import { MOST_CHECKS, type StatusDocument } from '../model/status.ts';
import { reasonAt } from './director.ts';
import { onlyReal } from './named-reals.ts';
import { formatChecks } from './show-checks.ts';
import { formatIpvsadm } from './show-ipvsadm.ts';
import { formatTable } from './show-table.ts';
import { printable, printableJson } from './show-text.ts';

export type ShowForm = 'table' | 'json' | 'ipvsadm';

/** Where text goes: `process.stdout`, or a list in a test. */
export interface Output {
  write(text: string): unknown;
}

export interface ShowOptions {
  readonly socketPath: string;
  readonly form: ShowForm;
  /** A real server as people name it: its last checks are shown, and nothing else. As a table
   *  where the form is not JSON. */
  readonly checksOf?: string | undefined;
  readonly out: Output;
  readonly err: Output;
  readonly colour: boolean;
  /** Columns the table must fit into; undefined: as long as it is. */
  readonly width?: number | undefined;
  /** How long the daemon may take to answer. */
  readonly timeoutMs?: number;
}

/** `show`: prints what a running director does.
 *  @returns the exit code: 0, or 1 with one line on `err` when no director answers, or when it
 *           has no such real server */
export async function runShow(options: ShowOptions): Promise<number> {
  const { err } = options;
  try {
    options.out.write(await textOf(options));
    return 0;
  } catch (error) {
    err.write(`${printable(reasonAt(error, options.socketPath))}\n`);
    return 1;
  }
}

async function textOf(options: ShowOptions): Promise<string> {
  const { socketPath, form, checksOf, timeoutMs = 5_000 } = options;
  if (checksOf === undefined)
    return FORMS[form](await readStatus(socketPath, { timeoutMs }), options);
  const document = await readStatus(socketPath, { timeoutMs, checks: MOST_CHECKS });
  const only = onlyReal(document, checksOf);
  return form === 'json' ? FORMS.json(only, options) : checksTable(only, options);
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

type Formatter = (document: StatusDocument, options: ShowOptions) => string;

const checksTable: Formatter = (document, { colour, width }) =>
  formatChecks(document, { colour, width, now: Date.now() });

const FORMS: Readonly<Record<ShowForm, Formatter>> = {
  table: (document, { colour, width }) =>
    formatTable(document, { colour, width, now: Date.now() }),
  json: (document) => `${printableJson(document)}\n`,
  ipvsadm: formatIpvsadm,
};
