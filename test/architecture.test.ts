import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import t from 'tap';

const DOC = readFileSync('docs/architecture.md', 'utf8');

/** The rows of the table below that heading, as cells. */
function table(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = DOC.split(`\n## ${heading}\n`);
  const lines = section.split('\n## ')[0]?.match(/^\|.*\|$/gm) ?? [];
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

interface Room {
  readonly all: readonly string[];
  /** Rooms of which only the registry may be taken. */
  readonly registries: readonly string[];
}

/** Who may import whom; a room may always import itself. Imports point down only. */
const ROOMS: ReadonlyMap<string, Room> = new Map(
  table('Rooms').map(([folder = '', , imports = '']) => {
    const [all = '', registries = ''] = imports.split(/; registr(?:y|ies) of /);
    const names = (text: string) => text.split(', ').filter((name) => name !== '');
    const name = folder.replace(/^`(?:lib\/)?(\w+)\/`$/, '$1');
    return [name, { all: names(all), registries: names(registries) }];
  }),
);

const IMPORT = /\b(?:from|import\()\s*'(\.[^']+)'/g;

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => posix.join(folder, file));
}

t.test('imports point downwards only', async (t) => {
  for (const file of [...sources('lib'), ...sources('bin')]) {
    const [from = '', second = ''] = file.split('/');
    const room = from === 'bin' ? from : second;
    const { all = [], registries = [] } = ROOMS.get(room) ?? {};
    for (const [, spec = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const path = posix.join(posix.dirname(file), spec);
      const [, to = '', name = ''] = path.split('/');
      if (to === room || all.includes(to)) continue;
      t.ok(registries.includes(to), `${file}: ${room} may import ${to}`);
      t.equal(name, 'index.ts', `${file}: ${room} takes only the registry of ${to}`);
    }
  }
});

t.test('engines do not import each other', async (t) => {
  for (const file of sources('lib/engines')) {
    const [, , own = ''] = file.split('/');
    for (const [, spec = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const [, to, ...path] = posix.join(posix.dirname(file), spec).split('/');
      // What stands in the room itself is for all of them; what makes them knows them all.
      if (to !== 'engines' || path.length === 1 || own === 'factories.ts') continue;
      t.equal(path[0], own, `${file}: ${own} may import ${path.join('/')}`);
    }
  }
});

t.test('every folder of lib stands in the table, and none that is not there', (t) => {
  const there = ['bin', ...readdirSync('lib')];
  t.same([...ROOMS.keys()].toSorted(), there.toSorted());
  for (const { all, registries } of ROOMS.values())
    for (const name of [...all, ...registries])
      t.ok(name === 'nothing' || ROOMS.has(name), name);
  t.end();
});

t.test('whoever adds a thing finds its file, its row and its test', (t) => {
  const rows = table('To add');
  t.ok(rows.length > 10);
  for (const [what = '', ...cells] of rows)
    for (const [at, cell] of cells.slice(0, 3).entries()) {
      const paths = [...cell.matchAll(/`((?:lib|test)\/[^`]+\.ts)`/g)];
      const isSame = at === 1 && cell.startsWith('the same');
      t.ok(isSame || paths.length > 0, `${what}: ${cell}`);
      for (const [, path = ''] of paths) t.ok(existsSync(path), `${what}: ${path}`);
    }
  t.end();
});
