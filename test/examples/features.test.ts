import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { readConfig } from '../../lib/config/index.ts';
import { Site } from '../support/site.ts';

// Each example of a feature: all .ini of examples/ but the one with every key.

const at = (name: string) =>
  fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
const FOLDER = readdirSync(at(''));
const EXAMPLES = FOLDER.filter(
  (name) =>
    name.endsWith('.ini') && !name.endsWith('.cf.ini') && name !== 'l4director.ini',
);

const SET = /^([\w-]+) = (.+)$/;
/** Values that may be any text. */
const FREE: readonly string[] = ['agent-send'];
/** Refused as a value of every other key. */
const NONSENSE = '!';

/** What files that an example names hold, by the ends of their names. */
const FILES: Readonly<Record<string, string>> = {
  '.txt': '198.51.100.0/24 # a neighbour\n2001:db8:1::/48\n',
  '.secret': `${'5eC'.repeat(16)}\n`,
  'on-change': '#!/bin/sh\n',
};

/** The text with its files made in the folder, and named there. */
function withFiles(folder: string, text: string): string {
  return text.replace(/(?<=[=,] *)\/[\w./-]+/g, (path) => {
    const [, holds] = Object.entries(FILES).find(([end]) => path.endsWith(end)) ?? [];
    if (holds === undefined) throw new Error(`FILES has nothing for ${path}`);
    const copy = join(folder, path);
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, holds, { mode: 0o700 });
    return copy;
  });
}

/** The config that an example is for: the one of its name, else the first with all services that it names. */
async function configOf(name: string, text: string): Promise<string> {
  const wanted = [...text.matchAll(/^\[service (.+)\]$/gm)].map(([, id]) => id);
  for (const config of [name.replace(/ini$/, 'cf'), 'quickstart.cf', 'ldirectord.cf']) {
    if (!FOLDER.includes(config)) continue;
    const read = await readConfig(at(config), { debug: true, ini: '/dev/null' });
    const ids = read.ok ? read.config.virtuals.map(({ id }) => id) : [];
    if (wanted.every((id) => id !== undefined && ids.includes(id)))
      return readFileSync(at(config), 'utf8').replace(/^logfile=.*$/m, 'logfile="LOG"');
  }
  throw new Error(`${name}: no config of examples/ has ${wanted.join(', ')}`);
}

/** A folder with the example beside its config. */
async function place(t: Test, name: string) {
  const text = readFileSync(at(name), 'utf8');
  const site = new Site(t, await configOf(name, text));
  const good = withFiles(site.folder, text);
  site.writeIni(good);
  return { site, good };
}

/** What is wrong with the site's config, each as it is printed. */
async function errorsOf(site: Site): Promise<readonly string[]> {
  const read = await readConfig(site.config);
  return read.ok ? [] : read.errors.map(formatDiagnostic);
}

t.ok(EXAMPLES.length > 5, 'the examples are found');

for (const name of EXAMPLES) {
  t.test(`configtest takes ${name}, and has nothing to add`, async (t) => {
    const { site } = await place(t, name);
    const { code, stdout, stderr } = await site.run('configtest');
    t.same([code, stderr], [0, '']);
    t.match(stdout, /^(real servers of [^\n]*\n)*[^\n]*: good: [^\n]*, 0 warnings\n$/);
  });

  t.test(`a wrong word in ${name} is refused at its line`, async (t) => {
    const { site, good } = await place(t, name);
    const lines = good.split('\n');
    const refusedWith = async (index: number, line: string, why: string) => {
      site.writeIni(lines.with(index, line).join('\n'));
      const begin = `${site.config}.ini:${index + 1}: ${why}`;
      const found = await errorsOf(site);
      t.ok(
        found.some((error) => error.startsWith(begin)),
        `${line}: ${found}`,
      );
    };
    for (const [index, line] of lines.entries()) {
      const [, key, value] = SET.exec(line) ?? [];
      if (key === undefined || value === undefined) continue;
      await refusedWith(index, `${key}x = ${value}`, `unknown key "${key}x"`);
      if (!FREE.includes(key))
        await refusedWith(index, `${key} = ${NONSENSE}`, `${key} = `);
    }
    t.ok(lines.some((line) => SET.test(line)));
  });
}
