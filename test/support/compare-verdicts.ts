import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../lib/config/index.ts';
import { checkPlan } from '../../lib/director/check-plan.ts';
import type { CheckResult, CheckTarget } from '../../lib/model/check.ts';
import { checkOnce } from './check-target.ts';
import { RoundFailed, realVerdicts } from './real-verdicts.ts';
import { serviceId, verdictIni, verdictSection } from './verdict-section.ts';

/** One server, checked by both. */
export interface VerdictCase {
  readonly name: string;
  /** What a .cf and an ini can say of it; time-outs are 3 s. `port` is where it is checked,
   *  `realPort` its own where that differs. */
  readonly fields: Partial<CheckTarget>;
  /** Where the two differ on purpose: what ldirectord says, and why we do not. */
  readonly differs?: { readonly real: boolean; readonly why: string };
  /** The real one must not be given it, for it would hang or die: what ours says, and why. */
  readonly onlyHere?: { readonly up: boolean; readonly why: string };
}

export interface ComparisonOptions {
  /** PEM of an authority that both trust. */
  readonly authority?: string;
  /** How long one check of the real one may last. Default: a minute. */
  readonly hangsAfterMs?: number;
  /** Why ldirectord finds all servers of this comparison alike. */
  readonly alike?: string;
}

/** What a comparison needs of a test. */
export interface Judge {
  comment(line: string): void;
  ok(pass: boolean, message: string): unknown;
  teardown(end: () => void): unknown;
}

/** Where a verdict is not as it should be, its server is asked again: on a busy machine 3 s can be too
 *  short for either, and what differs in earnest differs each time. */
const TIMES_AGAIN = 2;

interface Row {
  readonly case: VerdictCase;
  /** undefined: it was not asked. */
  readonly real: boolean | undefined;
  readonly ours: CheckResult;
}

/** Gives one .cf to Debian's ldirectord and to our own reader and checks; prints what each
 *  finds, and fails where they differ without a listed reason. Needs `lab('ldirectord', 'perl')`.
 *  @param name  what is compared, as the table's head */
export async function compareVerdicts(
  t: Judge,
  name: string,
  cases: readonly VerdictCase[],
  options: ComparisonOptions = {},
): Promise<void> {
  // Not t.testdir(): that empties the folder in which the caller's scripts and keys are.
  const folder = mkdtempSync(join(tmpdir(), 'l4director-verdicts-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  let rows = await askBoth(join(folder, 'first'), cases, options);
  for (let time = 1; time <= TIMES_AGAIN && !rows.every(asListed); time++) {
    const doubted = rows.filter((row) => !asListed(row)).map((row) => row.case);
    t.comment(`asked again: ${doubted.map((one) => one.name).join(', ')}`);
    const again = await askBoth(join(folder, `again-${time}`), doubted, options);
    rows = rows.map((row) => again.find((other) => other.case === row.case) ?? row);
  }
  t.comment(`${name}: verdicts of ldirectord and l4director`);
  for (const line of table(rows)) t.comment(line);
  for (const row of rows) judge(t, row);
  if (options.alike !== undefined) return;
  const words = new Set(rows.map(({ real }) => real));
  t.ok(words.has(true) && words.has(false), 'ldirectord tells them apart');
}

async function askBoth(
  folder: string,
  cases: readonly VerdictCase[],
  options: ComparisonOptions,
): Promise<readonly Row[]> {
  mkdirSync(folder);
  const [real, ours] = await Promise.all([
    theirVerdicts(join(folder, 'real'), cases, options),
    ourVerdicts(join(folder, 'ours'), cases, options),
  ]);
  return cases.map((one, index): Row => {
    const result = ours[index];
    if (result === undefined) throw new Error(`${one.name}: not checked`);
    return { case: one, real: real[index], ours: result };
  });
}

async function theirVerdicts(
  folder: string,
  cases: readonly VerdictCase[],
  { authority, hangsAfterMs = 60_000 }: ComparisonOptions,
): Promise<readonly (boolean | undefined)[]> {
  const sections = cases.flatMap(({ fields, onlyHere }, index) =>
    onlyHere ? [] : [verdictSection(fields, index)],
  );
  const round = { folder, sections, hangsAfterMs, authorities: authority };
  try {
    const up = await realVerdicts(round);
    return cases.map(({ fields, onlyHere }, index) =>
      onlyHere ? undefined : up(serviceId(fields, index)),
    );
  } catch (error) {
    if (!(error instanceof RoundFailed)) throw error;
    const at = cases.findIndex(
      ({ fields }, i) => serviceId(fields, i) === error.service,
    );
    const where = cases[at]?.name ?? error.service ?? 'before its first check';
    throw new Error(`at "${where}" ${error.message}`, { cause: error });
  }
}

/** As the daemon does it: from the text to plans, and each plan to a result. */
async function ourVerdicts(
  folder: string,
  cases: readonly VerdictCase[],
  { authority }: ComparisonOptions,
): Promise<readonly CheckResult[]> {
  mkdirSync(folder);
  const file = join(folder, 'checks.cf');
  const ini = join(folder, 'checks.ini');
  const trusting = cases.map(({ fields }) => ({
    ...(authority === undefined ? {} : { tlsCa: authority }),
    ...fields,
  }));
  writeFileSync(file, trusting.map(verdictSection).join('\n'));
  writeFileSync(ini, trusting.map(verdictIni).join(''));
  const read = await readConfig(file, { ini });
  if (!read.ok) throw new Error(read.errors.map(({ message }) => message).join('; '));
  return await Promise.all(
    read.config.virtuals.flatMap((service) =>
      service.reals.map(
        async (real) => await checkOnce(checkPlan(service, real).target),
      ),
    ),
  );
}

/** Whether both say what the case has them say. */
function asListed({ case: { differs, onlyHere }, real, ours }: Row): boolean {
  if (onlyHere) return ours.up === onlyHere.up;
  return real === (differs?.real ?? ours.up) && ours.up !== differs?.real;
}

function judge(t: Judge, { case: one, real, ours }: Row): void {
  const { name, differs, onlyHere } = one;
  const said = `${name}: l4director ${word(ours.up)} (${ours.message})`;
  if (onlyHere) {
    t.ok(ours.up === onlyHere.up, said);
    return;
  }
  t.ok(real === (differs?.real ?? ours.up), `${said}, ldirectord ${word(real)}`);
  if (differs) t.ok(ours.up !== differs.real, `${said}, on purpose: ${differs.why}`);
}

function table(rows: readonly Row[]): readonly string[] {
  const cells = rows.map(({ case: one, real, ours }) => [
    checked(one.fields),
    one.name,
    word(real),
    word(ours.up),
    remark(one, real === ours.up),
  ]);
  const all = [['service', 'case', 'ldirectord', 'l4director', ''], ...cells];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  return all.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '),
  );
}

function checked({ checktype = 'negotiate', service = 'http' }: Partial<CheckTarget>) {
  return checktype === 'negotiate' ? service : String(checktype);
}

function word(up: boolean | undefined): string {
  return up === undefined ? '-' : up ? 'up' : 'down';
}

function remark({ differs, onlyHere }: VerdictCase, same: boolean): string {
  if (onlyHere) return `not given to ldirectord: ${onlyHere.why}`;
  if (same) return 'same';
  return differs ? `differs on purpose: ${differs.why}` : 'DIFFERS';
}
