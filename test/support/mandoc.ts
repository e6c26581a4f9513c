import { spawnSync } from 'node:child_process';

/** A page of mdoc(7) as mandoc shows it: one line of words, since where it breaks them says nothing. */
export function shown(page: string): string {
  const { stdout } = spawnSync('mandoc', ['-Tutf8', '-Owidth=500'], {
    input: page,
    encoding: 'utf8',
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: bold is overstruck
  return plain(stdout.replace(/.\u0008/gu, ''));
}

/** Text as {@link shown} has it. */
export function plain(text: string): string {
  return text.replace(/[‐−]/g, '-').replace(/[’‘]/g, "'").replace(/\s+/g, ' ');
}

/** What mandoc finds to mend.
 *  @returns nothing where it is content; `status` is 2 or more for what is worse than style */
export function linted(page: string): { found: readonly string[]; status: number } {
  const { stdout, status } = spawnSync('mandoc', ['-Tlint'], {
    input: page,
    encoding: 'utf8',
  });
  // Its footer names our version, and the other page need not be installed.
  const fine = /operating system explicitly specified|referenced manual not found/;
  const found = stdout.split('\n').filter((line) => line !== '' && !fine.test(line));
  return { found, status: status ?? 9 };
}
