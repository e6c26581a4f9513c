import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { play } from './campaign.ts';
import { conditions } from './conditions.ts';
import { type Form, LONG, SHORT } from './form.ts';
import { Kept, type Tried } from './kept.ts';
import { report, table } from './report.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import type { Subject } from './subjects/subject.ts';

const USAGE = `npm run faults -- [--only WORDS] [--short] [--seconds N] [--no-peer]
                [--keep FILE] [--out FILE]
  --only     scenarios whose name has these words
  --short    few clients, few rounds of what happens more than once; no time decides
  --seconds  how long the soak is, ${LONG.soakSeconds} unless told; slopes are told from 600 on; 0: none
  --no-peer  HAProxy does not play
  --keep     results are kept there, each as soon as it is known, and those that are there are told too
  --out      a whole page of Markdown; without it the table goes to stdout
Each says at once whether its bounds hold, and what broke them; the exit code is 1 where one is broken.
Ctrl-C ends it, and takes with it all that it made.`;

type Name = Subject['name'];

const say = (text: string) => process.stderr.write(`${text}\n`);

interface Turn {
  readonly scenario: Scenario;
  readonly subject: Name;
}

/** All that they want, one after the other; each says at once what came of it.
 *  @returns how many of ours are broken */
async function campaign(
  turns: readonly Turn[],
  form: Form,
  kept: Kept,
): Promise<number> {
  const around = conditions();
  let failed = 0;
  for (const [place, turn] of turns.entries()) {
    const began = performance.now();
    const tried = await one(turn, form);
    const seconds = Math.round((performance.now() - began) / 1000);
    const { broken } = tried;
    say(
      `${place + 1}/${turns.length} ${broken.length > 0 ? 'broken' : 'holds '}  ${turn.subject}: ${turn.scenario.name} (${seconds} s)`,
    );
    for (const line of broken) say(`        ${line}`);
    kept.add(tried, around);
    if (turn.subject === 'l4director' && broken.length > 0) failed++;
  }
  return failed;
}

function turnsOf(scenario: Scenario, withPeer: boolean): readonly Turn[] {
  const { name, lacks, peer } = scenario;
  const why = lacks?.();
  if (why) say(`left out: ${name}: ${why}`);
  if (why) return [];
  const ours: Turn = { scenario, subject: 'l4director' };
  return peer && withPeer ? [ours, { scenario, subject: 'haproxy' }] : [ours];
}

function one({ scenario, subject }: Turn, form: Form): Promise<Tried> {
  return play(scenario, subject, form).catch(
    (error: Error): Tried => ({ scenario, subject, broken: [error.message] }),
  );
}

function formOf(short: boolean, seconds: string | undefined): Form {
  const form = short ? SHORT : LONG;
  if (seconds === undefined) return form;
  if (!/^\d{1,6}$/.test(seconds))
    throw new Error(`--seconds ${seconds}: expected whole seconds, as in "600"`);
  return { ...form, soakSeconds: Number(seconds) };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      short: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      peer: { type: 'boolean', default: true },
      keep: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
    allowNegative: true,
  });
  if (values.help) process.stdout.write(`${USAGE}\n`);
  if (values.help) return 0;
  const form = formOf(values.short, values.seconds);
  const kept = new Kept(values.keep);
  const turns = SCENARIOS.filter(
    ({ name, soaks }) =>
      name.includes(values.only) && !(soaks && form.soakSeconds === 0),
  ).flatMap((scenario) => turnsOf(scenario, values.peer));
  const failed = await campaign(turns, form, kept);
  if (values.out === undefined) process.stdout.write(table(kept.tried(), form));
  else {
    mkdirSync(dirname(values.out), { recursive: true });
    writeFileSync(values.out, report(kept.tried(), kept.around(), form));
  }
  return failed > 0 ? 1 : 0;
}

process.exitCode = await main();
