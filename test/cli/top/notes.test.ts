import t from 'tap';
import { noteOf } from '../../../lib/cli/top/notes.ts';
import type { RealStatus } from '../../../lib/model/status.ts';
import { agentStatus, realStatus, serviceStatus } from '../../support/status.ts';

const noteOn = (fields: Partial<RealStatus>) =>
  noteOf({
    service: serviceStatus(),
    real: realStatus({ check: null, ...fields }),
  });

t.test('who holds a server, how warm it is, and what it says', async (t) => {
  const override = { state: 'drain', weight: 7, by: 'uid 0', since: '' } as const;
  const agent = agentStatus();
  t.equal(noteOn({}), '');
  t.equal(noteOn({ warming: 25 }), 'warming up, 25 %');
  t.equal(noteOn({ warming: 25, agent }), 'warming up, 25 %; agent: 50%');
  t.equal(
    noteOn({ warming: 25, agent, override }),
    'drain, weight 7 set by uid 0; warming up, 25 %; agent: 50%',
  );
});
