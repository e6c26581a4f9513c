import { placed } from '../command-line.ts';
import { type Commands, commandNamed, type Operand } from '../context.ts';
import {
  OPTIONS,
  type Option,
  type OptionName,
  optionsFor,
  spellings,
} from '../options.ts';
import { isOption, sortWords, type Words } from './words.ts';

/** What may stand where the cursor is. */
export interface Candidate {
  readonly word: string;
  /** What it is, for shells that show that. */
  readonly about: string;
}

/** What is to be offered; beside that names of files or folders, which the shell knows. */
export interface Offer {
  readonly candidates: readonly Candidate[];
  readonly besides?: 'files' | 'folders';
}

/** Which director is meant. */
export interface Whose {
  readonly instance: string;
  readonly runtimeDir: string | undefined;
}

/** What is only known at the moment. */
export interface Live {
  /** Config files, by the names that need no folder. */
  configs(): readonly string[];
  /** Real servers of a running director; services too where both fit. */
  running(kind: 'reals' | 'targets', whose: Whose): Promise<readonly Candidate[]>;
}

/** From what an offer is made. */
export interface Around {
  readonly commands: Commands;
  readonly live: Live;
}

/** @param before   what stands behind the program's name, the cursor's word left out
 *  @param current  that word, up to the cursor */
export async function offer(
  before: readonly string[],
  current: string,
  around: Around,
): Promise<Offer> {
  const found = await all(sortWords(before), current, around);
  const fitting = found.candidates.filter(({ word }) => word.startsWith(current));
  return { ...found, candidates: fitting };
}

async function all(words: Words, current: string, around: Around): Promise<Offer> {
  if (words.open) return values(words.open, '', words, around);
  if (words.ended || !current.startsWith('-')) return operands(words, around);
  const [, name = '', given] = /^--([^=]+)(=)?/.exec(current) ?? [];
  if (given && isOption(name)) return values(name, `--${name}=`, words, around);
  return { candidates: optionWords(words, around) };
}

async function values(
  name: OptionName,
  prefix: string,
  words: Words,
  around: Around,
): Promise<Offer> {
  const { offers = [] }: Option = OPTIONS[name];
  if (offers === 'files' || offers === 'folders')
    return { candidates: [], besides: offers };
  const found = await named(offers, words, around);
  return {
    candidates: found.map(({ word, about }) => ({ word: prefix + word, about })),
  };
}

/** A word that is no option: the config, the action, or what stands behind that. */
async function operands(words: Words, around: Around): Promise<Offer> {
  const { commands, live } = around;
  const [first, second] = words.plain;
  const actions = Object.entries(commands).map(([word, { summary }]) => ({
    word,
    about: summary,
  }));
  if (first === undefined)
    return {
      candidates: [...actions, ...live.configs().map(bare)],
      besides: 'files',
    };
  const { action, operands } = placed(words.plain, commands);
  const command = commandNamed(commands, action);
  if (second === undefined && command === undefined) return { candidates: actions };
  const next = operandAt(command?.operands ?? [], operands.length);
  return { candidates: next ? await named(next.offers, words, around) : [] };
}

function operandAt(operands: readonly Operand[], at: number): Operand | undefined {
  const last = operands.at(-1);
  return operands[at] ?? (last?.rest ? last : undefined);
}

async function named(
  offers: Operand['offers'],
  { plain, values }: Words,
  { commands, live }: Around,
): Promise<readonly Candidate[]> {
  if (typeof offers !== 'string') return offers.map(bare);
  const { instance } = placed(plain, commands);
  return live.running(offers, { instance, runtimeDir: values.get('runtime-dir') });
}

/** Once the action is there, what it takes; before that all. */
function optionWords({ plain }: Words, { commands }: Around): readonly Candidate[] {
  const command = commandNamed(commands, placed(plain, commands).action);
  const names = command
    ? optionsFor(command.options ?? [])
    : (Object.keys(OPTIONS) as OptionName[]);
  return names.flatMap((name) =>
    spellings(name).map((word) => ({ word, about: OPTIONS[name].describe })),
  );
}

function bare(word: string): Candidate {
  return { word, about: '' };
}
