import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { COMMANDS } from '../lib/cli/commands.ts';
import { OPTIONS } from '../lib/cli/options.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGES = [
  'README.md',
  'bench/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The names that a Markdown heading can be linked by. */
function anchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

t.test('every link within the documents leads somewhere', (t) => {
  for (const page of PAGES)
    for (const [, link = ''] of read(page).matchAll(/\]\((?!\w+:)([^)]+)\)/g)) {
      const [file, anchor] = link.split('#');
      const target = file ? join(dirname(page), file) : page;
      if (!t.ok(existsSync(join(ROOT, target)), `${page}: ${link}`) || !anchor)
        continue;
      t.ok(anchors(read(target)).includes(anchor), `${page}: ${link}`);
    }
  t.end();
});

t.test('every test and source that a document names is there', (t) => {
  const named = /(?<![\w/.])(?:test|lib|examples|bench)\/[\w./*-]*\w/g;
  for (const page of PAGES)
    for (const [path] of read(page).matchAll(named)) {
      if (/[*]|ROOM|\.js$/.test(path)) continue; // many, any, or built
      t.ok(existsSync(join(ROOT, path)), `${page}: ${path}`);
    }
  t.end();
});

t.test('the documents tell of every action and option of its own', (t) => {
  const pages = ['cli', 'operating', 'status', 'config'];
  const text = pages.map((page) => read(`docs/${page}.md`)).join('\n');
  const conventional = new Set(['help', 'version']);
  for (const action of Object.keys(COMMANDS))
    t.ok(text.includes(`\`${action}`), action);
  for (const [name, option] of Object.entries(OPTIONS)) {
    if (conventional.has(name)) continue;
    const short = 'alias' in option ? `\`-${option.alias}\`` : '';
    const told = text.includes(`--${name}`) || (short !== '' && text.includes(short));
    t.ok(told, name);
  }
  t.end();
});

interface Locked {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

t.test('the documents list every package of the run time, and no other', (t) => {
  const { packages }: { readonly packages: Readonly<Record<string, Locked>> } =
    JSON.parse(read('package-lock.json'));
  const installed = new Set<string>();
  /** Where Node finds it from there: the nearest folder of packages above. */
  const placeOf = (name: string, from: string): string => {
    const place = `${from}${from && '/'}node_modules/${name}`;
    if (packages[place] || from === '') return place;
    return placeOf(
      name,
      from.slice(0, Math.max(0, from.lastIndexOf('node_modules/') - 1)),
    );
  };
  const tree = (from: string, depth: number): readonly string[] => {
    const { dependencies, optionalDependencies } = packages[from] ?? {};
    const names = Object.keys({ ...dependencies, ...optionalDependencies }).sort();
    return names.flatMap((name) => {
      const place = placeOf(name, from);
      installed.add(place);
      const line = `${'  '.repeat(depth)}${name} ${packages[place]?.version}`;
      return [line, ...tree(place, depth + 1)];
    });
  };
  const lines = tree('', 0);
  const text = read('docs/dependencies.md');
  const [, heading = '', listed = ''] =
    /### All of them\n\n(.*?)```\n(.*?)\n```/s.exec(text) ?? [];
  t.same(listed.split('\n'), lines);
  t.match(heading, new RegExp(`^${installed.size} packages`));
  t.end();
});
