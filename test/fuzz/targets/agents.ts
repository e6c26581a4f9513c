import { agentWords } from '../../../lib/checks/agents/words.ts';
import { agentText } from '../../../lib/model/agent.ts';
import { agentWeight, heard } from '../../../lib/pool/agent.ts';
import { mutated } from '../inputs.ts';
import { SPICE } from '../support/corpus.ts';
import { demand, pure } from '../target.ts';

const LINES = ['75% up # all is well', 'ready, 100%', 'fail # disk full', 'maxconn:30'];
const WORDS = [
  ...['0%', '150%', 'up', 'down', 'stopped', 'drain', 'maint', 'ready'],
  ...['#', ',', ' ', '\t', '%', 'maxconn:', ...SPICE],
];

/** A line of an agent, and what the pool makes of it. */
export const agents = pure({
  covers: 'lib/checks/agents/words.ts',
  boundMs: 50,
  // A longer one is not read.
  inputs: mutated(LINES, WORDS).map((text) => text.slice(0, 1_024)),
  take(line) {
    const words = agentWords(line);
    const said = heard(undefined, words);
    const weight = agentWeight(100, said);
    demand(Number.isInteger(weight) && weight >= 0 && weight <= 65_535, () =>
      String(weight),
    );
    const shown = said ? agentText(said) : '';
    demand(!/\p{Cc}/u.test(shown) && shown.length < 200, () => shown);
  },
});
