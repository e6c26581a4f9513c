import t from 'tap';
import { lab } from '../support/lab.ts';
import { play } from './campaign.ts';
import { SHORT } from './form.ts';
import { SCENARIOS } from './scenarios/index.ts';

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
