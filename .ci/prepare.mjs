/* What `npm start` and `npm test` need before they can begin, on a machine that has Node and npm
   and nothing else: the packages of the lock file, and dist/ as the sources say. Plain JavaScript,
   in the words of an older Node, since it runs before anything is installed. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SOURCES = ['lib', 'bin', 'test', 'bench', 'examples'];
/** What the browser gets: compiled for it, and what goes with that as it stands. */
const PAGE = join('lib', 'control', 'web', 'page');
const STAMP = join(root, 'dist', '.built');

function json(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'));
}

function say(text) {
  process.stderr.write(`l4director: ${text}\n`);
}

function stop(text) {
  say(text);
  process.exit(1);
}

function run(command, args, mend) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error || status !== 0)
    stop(`"${command} ${args.join(' ')}" failed${error ? `: ${error.message}` : ''}; ${mend}`);
}

function checkNode() {
  const wanted = json('package.json').engines.node.replace('>=', '');
  const [major, minor] = wanted.split('.').map(Number);
  const [haveMajor, haveMinor] = process.versions.node.split('.').map(Number);
  if (haveMajor > major || (haveMajor === major && haveMinor >= minor)) return;
  stop(
    `needs Node ${wanted} or later, and this is ${process.versions.node} (${process.execPath}); ` +
      'Node 24 is recommended: https://nodejs.org/en/download',
  );
}

/** By content, not by date: a fresh clone's lock file is always the youngest. */
function packagesAreThere() {
  const inventory = 'node_modules/.package-lock.json';
  if (!existsSync(join(root, inventory))) return false;
  const there = json(inventory).packages;
  return Object.entries(json('package-lock.json').packages).every(
    ([path, { version, optional, devOptional, link }]) =>
      path === '' ||
      link ||
      there[path]?.version === version ||
      ((optional || devOptional) && !there[path]),
  );
}

/** tap keeps the set of its plugins in .tap, with links that a copied or moved clone breaks. */
function tapIsBuilt() {
  try {
    const [used, ours] = ['.tap/plugins/node_modules/@tapjs/core', 'node_modules/@tapjs/core'];
    return realpathSync(join(root, used)) === realpathSync(join(root, ours));
  } catch {
    return false;
  }
}

function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}

function sources() {
  return SOURCES.flatMap((folder) => files(join(root, folder)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => file.slice(root.length + 1));
}

function pageFiles() {
  return files(join(root, PAGE))
    .filter((file) => /\.(html|css|svg)$/.test(file))
    .map((file) => file.slice(root.length + 1));
}

function isBuilt(list) {
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== list.join('\n')) return false;
  const built = statSync(STAMP).mtimeMs;
  const others = [
    ...['tsconfig.json', join(PAGE, 'tsconfig.json'), 'package.json', 'package-lock.json'],
    join('.ci', 'prepare.mjs'),
  ];
  return [...list, ...pageFiles(), ...others].every(
    (file) => statSync(join(root, file)).mtimeMs < built,
  );
}

/** tsc leaves what it once made of a source that is gone, and tap would run it. */
function removeStale(list) {
  const made = new Set(list.map((file) => file.replace(/\.ts$/, '')));
  for (const folder of SOURCES)
    for (const file of files(join(root, 'dist', folder))) {
      const source = file.slice(join(root, 'dist').length + 1).replace(/\.(js|js\.map)$/, '');
      if (/\.js(\.map)?$/.test(file) && !made.has(source)) rmSync(file);
    }
}

/** The programs, each of a few files instead of hundreds: what loads costs is counted by files, and every
 *  command and every takeover waits for it. In dist/program what they are joined into, and all that they find
 *  by lib/model/own-file.ts; in dist/lib the modules, for tests. */
async function bundle(list) {
  const { build } = await import('esbuild');
  const program = join(root, 'dist', 'program');
  rmSync(program, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: beginnings(list),
    outdir: 'dist',
    chunkNames: 'program/lib/parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: true,
    logLevel: 'warning',
  });
  cpSync(join(root, 'dist', PAGE), join(program, PAGE), { recursive: true });
}

/** What processes, threads and children begin with, by where it goes in dist. */
function beginnings(list) {
  const all = list.map((file) => file.replace(/\.ts$/, ''));
  const programs = all.filter((file) => file.startsWith('bin/'));
  const scripts = all.filter((file) => /^lib\/.*(\/worker\/main|-worker|-process)$/.test(file));
  return Object.fromEntries([
    ...programs.map((file) => [file, `${file}.ts`]),
    ...scripts.map((file) => [`program/${file}`, `${file}.ts`]),
  ]);
}

/** Manual and completion come from the programs' own tables. */
async function writePages() {
  const { PAGES } = await import('../dist/lib/cli/manual/index.js');
  const { SCRIPTS } = await import('../dist/lib/cli/completion/scripts.js');
  const heartbeat = {
    ...(await import('../dist/lib/heartbeat/command/manual.js')),
    ...(await import('../dist/lib/heartbeat/command/completion.js')),
  };
  const seconds = process.env.SOURCE_DATE_EPOCH; // what makes builds alike sets it
  const date = seconds ? new Date(Number(seconds) * 1000) : new Date();
  for (const [name, page] of Object.entries(PAGES)) write(`man/${name}`, page(date));
  write('man/l4heartbeat.8', heartbeat.heartbeatPage(date));
  write('completion/l4director.bash', SCRIPTS.bash);
  write('completion/_l4director', SCRIPTS.zsh);
  write('completion/l4heartbeat.bash', heartbeat.SCRIPTS.bash);
  write('completion/_l4heartbeat', heartbeat.SCRIPTS.zsh);
}

function write(name, text) {
  const file = join(root, 'dist', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function build() {
  const list = sources().sort();
  if (isBuilt(list)) return;
  say('building');
  rmSync(STAMP, { force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  run(process.execPath, [tsc], 'mend what it names');
  run(process.execPath, [tsc, '-p', PAGE], 'mend what it names');
  for (const file of pageFiles()) copyFileSync(join(root, file), join(root, 'dist', file));
  removeStale(list);
  await bundle(list);
  await writePages();
  writeFileSync(STAMP, list.join('\n'));
}

/** The programs, to be called by path; npm does the same where it installs the package. */
function link() {
  const bin = join(root, 'dist', 'bin');
  for (const [name, program] of [
    ['l4director', 'l4director.js'],
    ['ldirectord', 'l4director.js'],
    ['l4heartbeat', 'l4heartbeat.js'],
  ]) {
    chmodSync(join(bin, program), 0o755);
    rmSync(join(bin, name), { force: true });
    symlinkSync(program, join(bin, name));
  }
}

checkNode();
if (!packagesAreThere()) {
  say('installing the npm packages (once; about half a minute)');
  run(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund'],
    'is the registry reachable, and may this user write here?',
  );
}
if (!tapIsBuilt()) run('npx', ['tap', 'build'], 'remove node_modules and try again');
await build();
link();
