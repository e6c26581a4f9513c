import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { COMMANDS } from '../../lib/cli/commands.ts';
import type { Command } from '../../lib/cli/context.ts';
import { spelling, synopsis } from '../../lib/cli/help.ts';
import { PAGES } from '../../lib/cli/manual/index.ts';
import { defaultText, keyOf } from '../../lib/cli/manual/ini-page.ts';
import { OPTIONS, type OptionName } from '../../lib/cli/options.ts';
import type { Directive } from '../../lib/config/directives/directive.ts';
import { DIRECTIVES } from '../../lib/config/directives.ts';
import type { IniKey } from '../../lib/config/ini-keys/ini-key.ts';
import { INI_KEYS } from '../../lib/config/ini-keys.ts';
import { EXIT } from '../../lib/instance/launch.ts';
import { SIGNALS } from '../../lib/instance/signals.ts';
import { lab } from '../support/lab.ts';
import { linted, plain, shown } from '../support/mandoc.ts';

const BUILT = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'man');
const names = Object.keys(PAGES);
const DATE = new Date(Date.UTC(2026, 10, 5));

const pageOf = (name: string) => PAGES[name]?.(DATE) ?? '';

for (const name of names)
  t.test(`mandoc finds nothing to mend in ${name}`, lab('mandoc'), async (t) => {
    const { found, status } = linted(pageOf(name));
    t.same(found, []);
    t.ok(status <= 1, 'nothing worse than style');
  });

t.test('l4director(8) has all that can be typed or set', lab('mandoc'), async (t) => {
  const text = shown(pageOf('l4director.8'));
  t.match(text, /November 5, 2026/);
  for (const [name, row] of Object.entries<Command>(COMMANDS)) {
    t.ok(text.includes(` ${plain(synopsis(name, row))} `), name);
    t.ok(text.toLowerCase().includes(plain(row.summary).toLowerCase()), row.summary);
  }
  for (const name of Object.keys(OPTIONS) as OptionName[])
    t.ok(text.includes(plain(spelling(name))), name);
  for (const [name, row] of Object.entries<Directive<unknown>>(DIRECTIVES)) {
    const said = `${name} = ${row.syntax}`;
    t.ok(text.includes(plain(said)), said);
    t.ok(text.includes(plain(`${row.doc}`)), row.doc);
    t.ok(text.includes(plain(`Default: ${row.default}.`)), row.default);
  }
  for (const code of Object.values(EXIT)) t.match(text, new RegExp(` ${code} \\w`));
  for (const signal of Object.keys(SIGNALS)) t.ok(text.includes(signal), signal);
});

t.test('l4director.ini(5) has every key with its default', lab('mandoc'), async (t) => {
  const text = shown(pageOf('l4director.ini.5'));
  for (const [name, row] of Object.entries<IniKey<unknown>>(INI_KEYS)) {
    const { syntax, doc } = row;
    const at = text.indexOf(plain(`${keyOf(name, row)} = ${syntax} ${doc}`));
    t.ok(at > 0, name);
    const own = text.slice(at).split('Default: ')[1] ?? '';
    t.ok(
      own.startsWith(`${plain(defaultText(row))}. `),
      `${name}: ${own.slice(0, 40)}`,
    );
  }
});

t.test('a default of the ini, written there, means the same', async (t) => {
  for (const [name, row] of Object.entries<IniKey<unknown>>(INI_KEYS))
    if (row.default !== undefined)
      t.same(row.parse(defaultText(row)), row.default, name);
});

t.test('npm run build wrote the pages', async (t) => {
  for (const name of names) {
    const there = readFileSync(join(BUILT, name), 'utf8');
    const now = pageOf(name);
    const undated = (text: string) => text.replace(/^\.Dd .*$/m, '');
    t.equal(undated(there), undated(now), name);
  }
});
