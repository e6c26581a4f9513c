import type { Key, MacMethod } from '../wire/mac.ts';
import { isHeard, type Keyring } from '../wire/seal.ts';
import { type Finding, Findings } from './findings.ts';

const METHODS: ReadonlySet<string> = new Set([
  'sha1',
  'md5',
  'crc',
] satisfies MacMethod[]);
const MOST = 15;
const OTHERS_READ = 0o044;

export interface AuthKeys {
  /** Undefined where there are errors. */
  readonly keyring: Keyring | undefined;
  readonly findings: readonly Finding[];
}

/** Reads authkeys: `auth N`, and before or after it `N METHOD [SECRET]`; a secret ends at a blank. What is wrong is
 *  told without a word of the file: any of them may be a secret, and the log has it.
 *  @param mode  of the file: others must not be able to read it
 *  Source: authkeys(5), and observed, but for one thing: Heartbeat wants `auth N` before line N. */
export function readAuthKeys(text: string, file: string, mode: number): AuthKeys {
  const findings = new Findings(file);
  if (mode & OTHERS_READ)
    findings.error(0, `others can read the keys: chmod 600 ${file}`);
  const keys: KeyLines = new Map();
  let current: Named | undefined;
  for (const [line, words] of wordsOf(text))
    if (words[0] === 'auth') current = readNamed(words, line, findings) ?? current;
    else readKey(words, line, keys, findings);
  return { keyring: ringOf(findings, keys, current), findings: findings.found };
}

/** `auth N`. */
interface Named {
  readonly number: number;
  readonly line: number;
}

type Words = readonly string[];

/** By number: each key with its line. */
type KeyLines = Map<number, { readonly key: Key; readonly line: number }>;

function readNamed(
  [, ...words]: Words,
  line: number,
  findings: Findings,
): Named | undefined {
  const number = words.length === 1 ? numberOf(words[0] ?? '') : undefined;
  if (number !== undefined) return { number, line };
  findings.error(
    line,
    `expected "auth" and the number of a key, 0 to ${MOST}, alone: auth 1`,
  );
  return undefined;
}

function readKey(
  [first = '', method = '', secret = '', ...rest]: Words,
  line: number,
  keys: KeyLines,
  findings: Findings,
): void {
  const key = keyOf(first, method, secret);
  if (typeof key === 'string') findings.error(line, key);
  else if (keys.has(key.number))
    findings.error(
      line,
      `key ${key.number} stands here a second time: give it another number`,
    );
  else keys.set(key.number, { key, line });
  if (rest.length > 0)
    findings.warn(
      line,
      'a secret ends at the first blank: what follows is not part of it',
    );
}

function ringOf(
  findings: Findings,
  keys: Readonly<KeyLines>,
  named: Named | undefined,
): Keyring | undefined {
  const current = named && keys.get(named.number)?.key;
  if (!named)
    findings.error(0, 'which key signs is not said: add "auth 1", with its number');
  else if (!current)
    findings.error(
      named.line,
      `there is no key ${named.number}: add "${named.number} sha1 SECRET"`,
    );
  if (!current || findings.hasErrors) return undefined;
  if (current.method === 'crc')
    findings.warn(
      named?.line ?? 0,
      'crc finds damage only: whoever reaches the UDP port, by whatever device, can take the cluster over; use sha1',
    );
  const keyring = { current, keys: [...keys.values()].map(({ key }) => key) };
  for (const { key, line } of keys.values())
    if (!isHeard(key, keyring))
      findings.warn(
        line,
        `crc has no secret: nothing that is signed with key ${key.number} is heard while "auth ${current.number}" stands here. Remove it when both nodes have changed over`,
      );
  return keyring;
}

/** @returns a text where it is none */
function keyOf(first: string, method: string, secret: string): Key | string {
  const number = numberOf(first);
  if (number === undefined)
    return `expected "auth N", or "N METHOD SECRET" with a number from 0 to ${MOST}: 1 sha1 SECRET`;
  if (!isMethod(method))
    return `expected sha1, md5 or crc as the method: ${number} sha1 SECRET`;
  if (method === 'crc' && secret !== '') return `crc has no secret: ${number} crc`;
  if (method !== 'crc' && secret === '')
    return `${method} takes a secret: ${number} ${method} SECRET`;
  return { number, method, secret };
}

function isMethod(word: string): word is MacMethod {
  return METHODS.has(word);
}

function numberOf(word: string): number | undefined {
  return /^\d{1,2}$/.test(word) && Number(word) <= MOST ? Number(word) : undefined;
}

function* wordsOf(
  text: string,
): Generator<readonly [line: number, words: readonly string[]]> {
  for (const [index, line] of text.split('\n').entries()) {
    const bare = line.replace(/^\s*#.*$/, '').trim();
    if (bare !== '') yield [index + 1, bare.split(/\s+/)];
  }
}
