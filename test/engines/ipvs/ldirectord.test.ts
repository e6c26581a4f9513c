import t, { type Test } from 'tap';
import { lab } from '../../support/lab.ts';
import { DIFFERENCES, type Difference, explain, type Moment } from './differences.ts';
import { aStage, type Player, type Stage, settled } from './stage.ts';
import { STORIES } from './stories/index.ts';
import type { Step } from './stories/story.ts';

const used = new Set<Difference>();

/** What is nobody's doing, or somebody else's. */
function happen(t: Test, stage: Stage, { foreign, down, up }: Step): void {
  for (const { table } of stage.players)
    for (const words of foreign ?? []) t.equal(table.call(words).status, 0);
  for (const server of down ?? []) stage.down(server);
  for (const server of up ?? []) stage.up(server);
}

/** Plays a step with both, and holds tables and calls against each other. */
async function play(t: Test, stage: Stage, step: Step) {
  const { moment, rows, servers } = step;
  const wanted = { ldirectord: step.theirs ?? rows, l4director: rows };
  happen(t, stage, step);
  await Promise.all(
    stage.players.map(async (player) => {
      if (step.config !== undefined) player.write(step.config);
      await act(player, moment);
      if (moment !== 'stop') await settled(player, wanted[player.name], servers);
    }),
  );
  const [theirs, ours] = stage.players.map(({ table }) => ({
    rows: table.rows(),
    calls: table.take(),
  }));
  if (!theirs || !ours) return;
  t.same(theirs.rows, wanted.ldirectord, `${step.name}: ldirectord's table`);
  t.same(ours.rows, rows, `${step.name}: our table`);
  const found = explain(moment, theirs.calls, ours.calls);
  t.same(found.unexplained, [], `${step.name}: no difference that is not listed`);
  for (const row of found.used) used.add(row);
  if (moment === 'change' && found.used.length === 0)
    t.same(
      inOrder(ours.calls),
      inOrder(theirs.calls),
      `${step.name}: the calls in order`,
    );
}

/** Calls in the order that counts: services are independent of each other, and none is without a
 *  server while one takes over from another. */
function inOrder(calls: readonly string[]): readonly string[] {
  const service = (call: string) => call.split(' ').slice(1, 3).join(' ');
  const rank = (call: string) => `${service(call)} ${call.startsWith('-d ') ? 1 : 0}`;
  return calls.toSorted(
    (a, b) => Number(rank(a) > rank(b)) - Number(rank(a) < rank(b)),
  );
}

async function act(player: Player, moment: Moment): Promise<void> {
  if (moment === 'start') await player.start();
  if (moment === 'reload') await player.reload();
  if (moment === 'stop') await player.stop();
}

t.jobs = 7;
t.setTimeout(300_000); // rounds of checks a second apart, in every step
const NEEDS = lab('ldirectord', 'perl', 'root');
const played = STORIES.map(({ name, steps }) =>
  t.test(name, { ...NEEDS, buffered: true }, async (t) => {
    const stage = aStage(t);
    for (const step of steps) await play(t, stage, step);
  }),
);

await Promise.all(played);
t.test('every listed difference is met', NEEDS, async (t) => {
  for (const row of DIFFERENCES) t.ok(used.has(row), `${row.by} ${row.call}`);
});
