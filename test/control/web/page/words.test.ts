import t from 'tap';
import { weightText } from '../../../../lib/control/web/page/words.ts';
import { agentStatus, realStatus } from '../../../support/status.ts';

t.test('a weight is told with what it is not', async (t) => {
  const weight = { configuredWeight: 10 };
  const agent = agentStatus({ weight: 5 });
  const override = { state: 'ready', weight: 7, by: 'x', since: '' } as const;
  for (const [fields, text] of [
    [{ weight: 10 }, '10'],
    [{ weight: 0 }, '0 of 10'],
    [{ weight: 5, agent }, '5'],
    [{ weight: 0, agent }, '0 of 5'],
    [{ weight: 7, agent, override }, '7'],
    [{ weight: 2, agent, warming: 55 }, '2 (55 %)'],
  ] as const)
    t.equal(weightText(realStatus({ ...weight, ...fields })), text);
});
