import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { readConfig } from '../../lib/config/index.ts';
import type { IniKey } from '../../lib/config/ini-keys/ini-key.ts';
import { INI_KEYS, iniKeys } from '../../lib/config/ini-keys.ts';

const at = (name: string) =>
  fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));
const lines = readFileSync(at('l4director.ini'), 'utf8').split('\n');

t.test('every key stands in its section, explained, at its default', async (t) => {
  const rows: Readonly<Record<string, IniKey<unknown>>> = INI_KEYS;
  for (const [row, { section, key, doc, parse, default: value }] of Object.entries(
    rows,
  )) {
    const name = key ?? row;
    const begin = lines.findIndex(
      (line) => line === `[${section}]` || line.startsWith(`;[${section} `),
    );
    const rest = lines.slice(begin + 1);
    const end = rest.findIndex((line) => /^;?\[/.test(line));
    const own = end < 0 ? rest : rest.slice(0, end);
    const at = own.findIndex((line) => line.replace(/^;/, '').startsWith(`${name} = `));
    t.ok(begin >= 0 && at > 0, `${name} in [${section}]`);
    t.equal(own[at - 1], `; ${doc}`);
    const [, off, text = ''] = /^(;?)[\w-]+ = (.*)$/.exec(own[at] ?? '') ?? [];
    if (section === 'web user') t.equal(off, ';', `${name} is somebody's own`);
    else if (value === undefined) t.equal(off, ';', `${name} has no default`);
    else t.same(parse(text), value, name);
  }
});

t.test('there are no others, and the reader has nothing to say', async (t) => {
  for (const line of lines) {
    const name = /^;?([\w-]+) = /.exec(line)?.[1];
    if (name !== undefined) t.ok(iniKeys(name).length > 0, line);
  }
  const [config, ini] = [at('ldirectord.cf'), at('l4director.ini')];
  const plain = await readConfig(config, { debug: true });
  const read = await readConfig(config, { debug: true, ini });
  if (!read.ok || !plain.ok) throw new Error('it is refused');
  t.same(read.config.warnings.map(formatDiagnostic), []);
  t.same(read.config.virtuals, plain.config.virtuals, 'it changes nothing');
});
