import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Found once is there for good; one that is missing may be installed before a reload. */
const found = new Set<string>();

/** That an npm package is missing, with the command that installs it where this program finds
 *  it, in the version it was made with; undefined: it is installed. Nothing is loaded. */
export function missingPackage(name: string): string | undefined {
  if (found.has(name) || resolves(name)) {
    found.add(name);
    return undefined;
  }
  return `the npm package ${name}, which is not installed; install it with "${installCommand(name)}"`;
}

function resolves(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** The command that compiles a package again where this program finds it. */
export function rebuildCommand(name: string): string {
  return `npm rebuild ${place().options} ${name}`;
}

function installCommand(name: string): string {
  const { options, clone } = place();
  const unsaved = clone ? ' --no-save' : '';
  return `npm install ${options}${unsaved} ${name}${versionOf(name, ownFolder())}`;
}

/** npm's options by where this program lies: with `npm install --global`, in a project, or in a
 *  clone. */
function place(): { readonly options: string; readonly clone: boolean } {
  const root = ownFolder();
  const modules = dirname(root);
  const above = dirname(modules);
  if (basename(modules) !== 'node_modules')
    return { options: `--prefix ${quoted(root)}`, clone: true };
  const global = basename(above) === 'lib' && !existsSync(join(above, 'package.json'));
  const options = global
    ? `--global --prefix ${quoted(dirname(above))}`
    : `--prefix ${quoted(above)}`;
  return { options, clone: false };
}

/** Where our package.json is. */
function ownFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** `@3.24.6`; empty when package.json does not tell. */
function versionOf(name: string, root: string): string {
  const manifest: {
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = manifest.optionalDependencies?.[name];
  return version === undefined ? '' : `@${version}`;
}

/** For a shell. */
function quoted(path: string): string {
  return /^[\w/.@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
