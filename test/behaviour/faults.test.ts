import t from 'tap';
import { play } from '../faults/campaign.ts';
import { SHORT } from '../faults/form.ts';
import { SCENARIOS } from '../faults/scenarios/index.ts';
import { lab } from '../support/lab.ts';

t.setTimeout(600_000);
// They wait more than they work.
t.jobs = 3;

for (const scenario of SCENARIOS) {
  const lacks = scenario.lacks?.();
  const needs = lacks ? { skip: lacks } : lab('namespaces');
  t.test(scenario.name, { buffered: true, timeout: 120_000, ...needs }, async (t) => {
    const { visits, cost, figures, further, broken } = await play(
      scenario,
      'l4director',
      SHORT,
    );
    t.comment(
      `${scenario.name}: ${visits} clients, ${cost} lost with it, ${JSON.stringify({ ...figures, ...further })}`,
    );
    t.strictSame(broken, []);
  });
}
