/* `npm test`: runs tap over dist/test, or over the files given. With LAB=required it also holds the
   coverage gate for the rooms of pure functions, with COVERAGE=all for all of them, which takes a third
   more of the processor: V8's own counters, which every child process and every worker thread writes when it
   ends (tap's own coverage sees the main threads only). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PURE } from './coverage-rooms.mjs';
import { report } from './report.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const counters = join(root, '.tap', 'v8');
/** Before what tap itself has Node load. */
const NODE_OPTIONS = [process.env.NODE_OPTIONS, `--import=${new URL('no-hooks.mjs', import.meta.url)}`]
  .filter(Boolean)
  .join(' ');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Per cent of the lines. */
const GATE = '95';
const files = process.argv.slice(2);
const { COVERAGE = process.env.LAB === 'required' ? PURE : 'off' } = process.env;
const gated = COVERAGE !== 'off' && files.length === 0;
const rooms = COVERAGE === 'all' ? [] : COVERAGE.split(',');

function start(packageName, script, args, { env = process.env, stdout = 'inherit' } = {}) {
  const require = createRequire(import.meta.url);
  const program = join(dirname(require.resolve(`${packageName}/package.json`)), script);
  const stdio = ['ignore', stdout, 'inherit'];
  return spawn(process.execPath, [program, ...args], { cwd: root, env, stdio });
}

/** The child's exit code; what ends us ends it first, so that its tests clean up. */
async function end(child) {
  const relay = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, relay);
  const [code] = await once(child, 'exit');
  for (const signal of SIGNALS) process.off(signal, relay);
  return code ?? 1;
}

async function tests() {
  rmSync(counters, { recursive: true, force: true });
  mkdirSync(counters, { recursive: true });
  const counted = gated ? { NODE_V8_COVERAGE: counters, COVERAGE } : {};
  // Of it Node 20 makes a store of all certificates at each start, which takes longer than all else.
  const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
  const env = { ...inherited, ...counted, NODE_OPTIONS };
  const tap = start('tap', 'dist/esm/run.mjs', ['--reporter=tap', ...files], {
    env,
    stdout: 'pipe',
  });
  const [code, total] = await Promise.all([end(tap), report(tap.stdout)]);
  const { passed, failed, skipped } = total;
  console.log(`\ntest files: ${passed} passed, ${failed} failed; ${skipped} tests skipped`);
  writeFileSync(join(root, '.tap', 'totals'), `${passed} ${failed} ${skipped}\n`);
  return code;
}

/** Sources that are types only: nothing of them is ever loaded. */
function typesOnly() {
  return readdirSync(join(root, 'dist/lib'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .filter((file) =>
      /^export \{\};$/m.test(readFileSync(join(root, 'dist/lib', file), 'utf8')),
    )
    .map((file) => `lib/${file.slice(0, -3)}.ts`);
}

async function coverage() {
  const folders = rooms.length === 0 ? ['lib/**', 'bin/**'] : rooms.map((room) => `lib/${room}/**`);
  const sources = ['--all', ...folders.flatMap((folder) => ['--include', folder])];
  const without = ['**/*.d.ts', ...typesOnly()].flatMap((file) => ['--exclude', file]);
  // One by one: some thousand files of a megabyte each are more than a heap holds.
  const form = ['--temp-directory', counters, '--merge-async', '--reporter', 'text', '--skip-full'];
  const gate = ['--exclude-after-remap', '--check-coverage', '--lines', GATE];
  return end(
    start('c8', 'bin/c8.js', ['report', ...form, ...sources, ...without, ...gate]),
  );
}

const failed = await tests();
const below = gated ? await coverage() : 0;
process.exitCode = failed || below;
