import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What the installed ldirectord makes of a file; values as `configtest --json` names them. */
export interface Answer {
  readonly accepted?: boolean;
  /** Where it refuses the file. */
  readonly line?: number;
  readonly message?: string;
  readonly warnings: readonly { readonly line: number; readonly message: string }[];
  readonly global?: Readonly<Record<string, unknown>>;
  readonly virtuals?: readonly Readonly<Record<string, unknown>>[];
  /** It broke down or hung instead of an answer. */
  readonly died?: string;
}

const ORACLE = new URL('../../../test/config/oracle.pl', import.meta.url).pathname;

/** Asks one ldirectord about many files, in order.
 *  @param texts  Latin-1
 *  @param hosts  the only names it knows, as `name/family` */
export async function askLdirectord(
  texts: readonly string[],
  hosts: Readonly<Record<string, string>>,
): Promise<readonly Answer[]> {
  return askPerl<Answer>(
    ORACLE,
    texts.map((text) => ({ text, hosts })),
  );
}

/** Gives a Perl script a JSON question a line, and takes as many answers. */
export async function askPerl<T>(
  script: string,
  questions: readonly unknown[],
): Promise<readonly T[]> {
  const perl = spawn('/usr/bin/perl', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => perl.once('close', resolve));
  perl.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  const answers: T[] = [];
  for await (const line of createInterface(perl.stdout)) answers.push(JSON.parse(line));
  const code = await ended;
  if (code !== 0 || answers.length !== questions.length)
    throw new Error(
      `${script} gave ${answers.length} of ${questions.length} answers, exit ${code}`,
    );
  return answers;
}
