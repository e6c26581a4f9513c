import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Result } from './campaign.ts';
import type { Around } from './conditions.ts';
import { SCENARIOS } from './scenarios/index.ts';

/** What came of a scenario that a subject tried. */
export type Tried = Result | Unplayed;

/** One that could not be played to its end. */
export type Unplayed = Pick<Result, 'scenario' | 'subject' | 'broken'> & {
  readonly figures?: undefined;
};

/** A row of the file: its scenario by name, and what it was played on. */
type Row = Omit<Tried, 'scenario'> & {
  readonly scenario: string;
  readonly around: Around;
};

/** Results of this run and of earlier ones, in a file: a campaign can be played in parts. The latest of
 *  each counts. */
export class Kept {
  readonly #path: string | undefined;
  readonly #rows = new Map<string, Row>();

  /** @param path  undefined: of this run only
   *  @throws SyntaxError when what is there is no JSON */
  constructor(path: string | undefined) {
    this.#path = path;
    for (const row of read(path))
      this.#rows.set(`${row.subject}: ${row.scenario}`, row);
  }

  add({ scenario: { name }, ...tried }: Tried, around: Around): void {
    this.#rows.set(`${tried.subject}: ${name}`, { scenario: name, ...tried, around });
    if (this.#path === undefined) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    const text = JSON.stringify([...this.#rows.values()], null, 1);
    writeFileSync(`${this.#path}.new`, `${text}\n`);
    renameSync(`${this.#path}.new`, this.#path);
  }

  /** In the order of the scenarios; of one that is there no longer nothing. */
  tried(): readonly Tried[] {
    return SCENARIOS.flatMap((scenario) =>
      SUBJECTS.flatMap((subject) => {
        const row = this.#rows.get(`${subject}: ${scenario.name}`);
        return row ? [{ ...row, scenario } as Tried] : [];
      }),
    );
  }

  /** What they were played on, each once. */
  around(): readonly Around[] {
    const all = [...this.#rows.values()].map(({ around }) => JSON.stringify(around));
    return [...new Set(all)].map((text): Around => JSON.parse(text));
  }
}

const SUBJECTS = ['l4director', 'haproxy'] as const;

function read(path: string | undefined): readonly Row[] {
  try {
    return path === undefined ? [] : JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
