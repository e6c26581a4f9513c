import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { lab } from '../support/lab.ts';

const CLONE = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const run = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** What may be in the npm package, and nothing else: what runs, and what people read. */
const BELONGS =
  /^(?:dist\/(?:program|bin)\/[\w./-]+\.js|dist\/program\/lib\/control\/web\/page\/[\w.-]+\.(?:html|css|svg)|dist\/man\/[\w.-]+\.[58]|dist\/completion\/\w[\w.-]*|docs\/[\w.-]+\.(?:md|png|json)|examples\/(?!quickstart)[\w./-]+|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;

async function pack(folder: string): Promise<Packed> {
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', ['pack', ...options], { cwd: CLONE });
  const [packed]: Packed[] = JSON.parse(stdout);
  if (!packed) throw new Error('npm pack has packed nothing');
  return packed;
}

t.test('the npm package holds the program and its manual', lab('npm'), async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'l4director-pack-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const { files, filename } = await pack(folder);
  const paths = files.map(({ path }) => path);
  t.same(
    paths.filter((path) => !BELONGS.test(path)),
    [],
  );

  await run('tar', ['-xzf', join(folder, filename), '-C', folder]);
  const unpacked = join(folder, 'package');
  const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
  t.same(Object.keys(manifest.bin), ['l4director', 'l4heartbeat', 'ldirectord']);
  t.same(
    manifest.man.filter((page: string) => !paths.includes(page)),
    [],
  );
  for (const program of Object.values<string>(manifest.bin)) {
    const text = readFileSync(join(unpacked, program), 'utf8');
    t.match(text, /^#!\/usr\/bin\/env node\n/, `npm links to ${program}`);
  }
  // Whatever is loaded at run time, workers included, is there.
  const wanted = /\b(?:from|import) ?\(?["'](\.[^"']+\.js)["']/g;
  const scripts = paths.filter((path) => path.endsWith('.js'));
  const loaded = new Set<string>();
  for (const script of scripts)
    for (const [, name = ''] of readFileSync(join(unpacked, script), 'utf8').matchAll(
      wanted,
    )) {
      const file = join(unpacked, dirname(script), name);
      if (existsSync(file)) loaded.add(file);
      else t.fail(`${script} loads ${name}, which is not packed`);
    }
  const parts = paths.filter((path) => path.startsWith('dist/program/lib/parts/'));
  t.ok(parts.length > 50);
  t.same(
    parts.filter((path) => !loaded.has(join(unpacked, path))),
    [],
    'and nothing else',
  );
  symlinkSync(join(CLONE, 'node_modules'), join(unpacked, 'node_modules'));
  for (const program of ['l4director', 'l4heartbeat']) {
    const path = join(unpacked, manifest.bin[program]);
    const { stdout } = await run(process.execPath, [path, '--version']);
    t.equal(stdout, `${program} ${manifest.version}\n`);
  }
});

t.test('it is a program: nothing in it can be imported', async (t) => {
  const { exports, main, types } = JSON.parse(
    readFileSync(join(CLONE, 'package.json'), 'utf8'),
  );
  t.same(exports, { './package.json': './package.json' });
  t.same([main, types], [undefined, undefined]);
});
