import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { play, type Result } from './campaign.ts';
import { LONG, SHORT } from './form.ts';
import { table } from './report.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import type { Subject } from './subjects/subject.ts';

const USAGE = `npm run faults -- [--only WORDS] [--short] [--no-peer] [--out FILE]
  --only     scenarios whose name has these words
  --short    few clients, few rounds of what happens more than once; no time decides
  --no-peer  HAProxy does not play
  --out      the table, as Markdown; without it: on stdout`;

type Name = Subject['name'];

const say = (text: string) => process.stderr.write(`${text}\n`);

interface Options {
  readonly only: string;
  readonly short: boolean;
  readonly peer: boolean;
}

/** All that they want, one after the other; each says at once what came of it. */
async function campaign({ only, short, peer }: Options) {
  const results: Result[] = [];
  let failed = 0;
  for (const scenario of SCENARIOS.filter(({ name }) => name.includes(only)))
    for (const subject of subjectsOf(scenario, peer)) {
      const result = await one(scenario, subject, short);
      if (result.figures) results.push(result);
      if (subject === 'l4director' && result.broken.length > 0) failed++;
    }
  return { results, failed };
}

function subjectsOf({ name, lacks, peer }: Scenario, wanted: boolean): readonly Name[] {
  const why = lacks?.();
  if (why) say(`left out: ${name}: ${why}`);
  if (why) return [];
  return peer && wanted ? ['l4director', 'haproxy'] : ['l4director'];
}

type Tried = Result | (Pick<Result, 'broken'> & { readonly figures?: undefined });

async function one(scenario: Scenario, subject: Name, short: boolean): Promise<Tried> {
  const result = await play(scenario, subject, short ? SHORT : LONG).catch(
    (error: Error): Tried => ({ broken: [error.message] }),
  );
  const { broken } = result;
  say(`${broken.length > 0 ? 'broken' : 'holds '}  ${subject}: ${scenario.name}`);
  for (const line of broken) say(`        ${line}`);
  return result;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      short: { type: 'boolean', default: false },
      peer: { type: 'boolean', default: true },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
    allowNegative: true,
  });
  if (values.help) process.stdout.write(`${USAGE}\n`);
  if (values.help) return 0;
  const { results, failed } = await campaign(values);
  const text = table(results);
  if (values.out === undefined) process.stdout.write(text);
  else {
    mkdirSync(dirname(values.out), { recursive: true });
    writeFileSync(values.out, text);
  }
  return failed > 0 ? 1 : 0;
}

process.exitCode = await main();
