import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchChecks } from './checks/index.ts';
import type { Child } from './child.ts';
import { freePort } from './free-port.ts';
import { machine, version } from './machine.ts';
import { has, missing } from './needs.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { startRealServers } from './real-servers.ts';
import { tables } from './report.ts';
import { ROWS, type Row } from './rows.ts';
import type { Sample } from './samples.ts';
import { type Subject, startSubjects } from './subjects.ts';

const RESULTS = fileURLToPath(new URL('../../bench/results/', import.meta.url));

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** One measurement: operations, seconds, and the subject's processor time between. */
async function measure(
  name: string,
  row: Row,
  subject: Subject,
  options: Options,
): Promise<Sample> {
  const cpuBefore = subject.child?.cpu();
  const start = performance.now();
  const operations = await row.load(subject.place, options);
  const seconds = (performance.now() - start) / 1000;
  const used =
    subject.child && cpuBefore !== undefined
      ? subject.child.cpu() - cpuBefore
      : undefined;
  const cpu = used === undefined ? undefined : used / operations;
  const rate = operations / seconds;
  say(
    `${name.padEnd(12)} ${subject.name.padEnd(13)} ${rate.toFixed(0).padStart(8)} ${row.units}/s` +
      (cpu === undefined ? '' : `  ${cpu.toFixed(1)} us CPU`),
  );
  return { row: name, subject: subject.name, rate, cpu };
}

/** Every row with every subject once. */
async function measureRound(
  subjects: readonly Subject[],
  options: Options,
  signal: AbortSignal,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const [name, row] of Object.entries(ROWS)) {
    if (!row.possible() || options.only?.includes(name) === false) continue;
    for (const subject of subjects) {
      signal.throwIfAborted();
      samples.push(await measure(name, row, subject, options));
    }
  }
  return samples;
}

/** Rounds are interleaved, and each begins with another subject, so that a busy minute of the
 *  machine falls on all. A first short round is dropped: it warms up what is compiled on the way. */
async function measureAll(
  subjects: readonly Subject[],
  options: Options,
  signal: AbortSignal,
): Promise<Sample[]> {
  await measureRound(subjects, { ...options, seconds: 1 }, signal);
  const samples: Sample[] = [];
  for (let round = 0; round < options.rounds; round++) {
    say(`round ${round + 1} of ${options.rounds}`);
    const first = round % subjects.length;
    const order = [...subjects.slice(first), ...subjects.slice(0, first)];
    samples.push(...(await measureRound(order, options, signal)));
  }
  return samples;
}

async function bench(
  options: Options,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const children: Child[] = [];
  const own = (child: Child) => children.push(child);
  const before = loadavg();
  try {
    const servers = await startRealServers(
      folder,
      await freePort(),
      options.megabytes,
      own,
    );
    const start = { folder, reals: servers, node: options.node };
    const subjects = await startSubjects(start, freePort, own);
    const samples = await measureAll(subjects, options, signal);
    return document(options, before, samples);
  } finally {
    await Promise.all(children.map((child) => child[Symbol.asyncDispose]()));
  }
}

function document(
  options: Options,
  before: readonly number[],
  samples: readonly Sample[],
): string {
  return `# Benchmark of ${new Date().toISOString().slice(0, 10)}

${machine(options.node, before)}
${options.rounds} interleaved rounds of ${options.seconds} s; medians, with lowest and highest in brackets. Bulk: two
transfers of ${options.megabytes} MB at a time. How it is measured: bench/README.md.
${tables(samples)}`;
}

function save(options: Options, report: string): void {
  const major =
    version(options.node, ['--version']).split('.')[0]?.replace('v', 'node') ?? '';
  const name = `${new Date().toISOString().slice(0, 10)}-${major}.md`;
  const file = options.out ?? join(RESULTS, name);
  if (file === '') return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, report);
  say(`written to ${file}`);
}

async function main(argv: readonly string[]): Promise<number> {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => abort.abort(new Error(`ended by ${name}`)));
  if (argv[0] === 'checks') {
    await benchChecks(argv.slice(1), RESULTS, abort.signal);
    return 0;
  }
  if (argv.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const options = readOptions(argv);
  const lack = missing();
  if (lack) say(lack);
  if (!has('nginx')) return 1;
  const folder = mkdtempSync(join(tmpdir(), 'l4director-bench-'));
  try {
    const report = await bench(options, folder, abort.signal);
    process.stdout.write(report);
    save(options, report);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    say(`bench: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  },
);
