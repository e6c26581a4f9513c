import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Failure, Outcome } from './play.ts';
import { Player } from './player.ts';
import { table } from './report.ts';
import { TARGETS } from './targets/index.ts';

const USAGE = `npm run fuzz -- [--only WORDS] [--inputs N] [--seconds N] [--seed N] [--input FILE]
  --only     targets whose name has these words
  --inputs   of each target; default: 1,000,000 where one call takes it, 50,000 where it talks
  --seconds  of each target at most; default: 3,600
  --seed     of the first batch; default: a new one
  --input    that one alone, as an earlier run wrote it down; with --only`;

const FOLDER = join('artefacts', 'fuzz');
/** The talks of all checks together are as many. */
const MOST = { pure: 1_000_000, talk: 50_000 } as const;
const say = (text: string) => process.stderr.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    inputs: { type: 'string' },
    seconds: { type: 'string', default: '3600' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    input: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function writeDown(name: string, { seed, input, why }: Failure): void {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${name.replaceAll(' ', '-')}-${seed}.json`);
  writeFileSync(file, `${JSON.stringify(input)}\n`);
  say(`failed  ${name}: --seed ${seed}, ${file}\n        ${why}`);
}

async function one(name: string, kind: keyof typeof MOST): Promise<Outcome> {
  await using player = new Player();
  const outcome = await player.play({
    name,
    inputs: values.input ? 1 : Number(values.inputs ?? MOST[kind]),
    seconds: Number(values.seconds),
    seed: Number(values.seed),
    ...(values.input && { input: JSON.parse(readFileSync(values.input, 'utf8')) }),
  });
  for (const failure of outcome.failures) writeDown(name, failure);
  say(`${outcome.failures.length > 0 ? 'broken' : 'holds '}  ${name}`);
  return outcome;
}

async function main(): Promise<number> {
  say(`--seed ${values.seed}`);
  const rows: [string, Outcome][] = [];
  for (const [name, { kind }] of Object.entries(TARGETS))
    if (name.includes(values.only)) rows.push([name, await one(name, kind)]);
  process.stdout.write(table(rows));
  return rows.length > 0 && rows.every(([, { failures }]) => failures.length === 0)
    ? 0
    : 1;
}

if (values.help) process.stdout.write(`${USAGE}\n`);
else process.exitCode = await main();
