/* `npm run test:nodes [-- test-file.js ...]`: the suite, or the files given, on every Node that
   is supported, or those named in NODES ("24,26"), in a private copy of the tree. Node itself comes as an npm package into a
   cache; raw-socket (which net-ping needs) is compiled anew for each. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The first one is the oldest that `engines` allows. */
const VERSIONS = ['20.19.0', '22', '24', '26'];
const versions = process.env.NODES?.split(',') ?? VERSIONS;
const unknown = versions.filter((version) => !VERSIONS.includes(version));
if (unknown.length > 0) {
  console.error(`NODES=${process.env.NODES}: expected some of ${VERSIONS.join(',')}`);
  process.exit(2);
}
const FILES = [
  '.ci',
  '.taprc',
  'CHANGELOG.md',
  'README.md',
  'biome.json',
  'bench',
  'bin',
  'docs',
  'examples',
  'knip.json',
  'lib',
  'node_modules',
  'package-lock.json',
  'package.json',
  'test',
  'tsconfig.json',
];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'l4director',
  'nodes',
);
const files = process.argv.slice(2);

/** Folder of that Node, fetched when it is not there yet. */
function fetchNode(version) {
  const name = `node-linux-${process.arch}`;
  const folder = join(cache, version);
  const node = join(folder, 'node_modules', name);
  if (!existsSync(join(node, 'bin', 'node'))) {
    mkdirSync(folder, { recursive: true });
    const options = ['--no-save', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', ['install', ...options, '--prefix', folder, `${name}@${version}`]);
  }
  return node;
}

function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), 'l4director-nodes-'));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
  const present = FILES.filter((file) => existsSync(join(root, file)));
  execFileSync('cp', ['-a', ...present, copy], { cwd: root });
  return copy;
}

function testOn(version, copy) {
  const node = fetchNode(version);
  const env = {
    ...process.env,
    PATH: `${join(node, 'bin')}:${process.env.PATH}`,
    npm_config_nodedir: node,
    COVERAGE: 'off',
  };
  const run = (command, ...args) =>
    spawnSync(command, args, { cwd: copy, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const began = Date.now();
  console.log(`\n== Node ${version}`);
  rmSync(join(copy, '.tap'), { recursive: true, force: true });
  const compiled = run('npm', 'rebuild', '--silent', 'raw-socket').status === 0;
  run('node', '.ci/prepare.mjs');
  const { status } = run('node', '.ci/test.mjs', ...files);
  const totals = join(copy, '.tap', 'totals');
  const text = existsSync(totals) ? readFileSync(totals, 'utf8') : '? ? ?';
  const [passed, failed, skipped] = text.trim().split(' ');
  const exact = execFileSync('node', ['--version'], { env, encoding: 'utf8' }).trim();
  const seconds = Math.round((Date.now() - began) / 1000);
  return { ok: status === 0, node: exact, passed, failed, skipped, compiled, seconds };
}

const copy = copyTree();
const rows = versions.map((version) => testOn(version, copy));
console.log('\nNode       files passed  failed  tests skipped  raw-socket  seconds');
for (const row of rows)
  console.log(
    row.node.padEnd(10),
    String(row.passed).padStart(12),
    String(row.failed).padStart(7),
    String(row.skipped).padStart(14),
    (row.compiled ? 'compiled' : 'no').padStart(11),
    String(row.seconds).padStart(8),
  );
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
