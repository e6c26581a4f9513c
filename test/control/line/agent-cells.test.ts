import t from 'tap';
import type { RealStatus } from '../../../lib/model/status.ts';
import { openControl, raw } from '../../support/control.ts';
import { csvRows } from '../../support/line-client.ts';
import {
  agentStatus,
  realStatus,
  serviceStatus,
  statusDocument,
} from '../../support/status.ts';

t.test('an agent has the columns and words that HAProxy has for it', async (t) => {
  const agents: readonly (readonly [Partial<RealStatus>, string])[] = [
    [{ agent: agentStatus() }, 'UP 5 50% up,L7OK,2,1'],
    [{ agent: agentStatus({ line: '50%' }) }, 'UP 5 50%,CHECKED,2,1'],
    [
      { state: 'drain', agent: agentStatus({ line: 'drain', state: 'drain' }) },
      'DRAIN (agent) 5 drain,CHECKED,2,1',
    ],
    [
      { state: 'down', agent: agentStatus({ line: 'fail', down: 'fail' }) },
      'DOWN (agent) 5 fail,L7STS,2,0',
    ],
    [
      { agent: agentStatus({ problem: 'no line within 5 s (checktimeout)' }) },
      'UP 5 no line within 5 s (checktimeout),L7TOUT,2,1',
    ],
    [
      { agent: agentStatus({ problem: 'connect ECONNREFUSED 10.1.1.21:9990' }) },
      'UP 5 connect ECONNREFUSED 10.1.1.21:9990,L4CON,2,1',
    ],
    [
      { agent: agentStatus({ problem: 'read ECONNRESET' }) },
      'UP 5 read ECONNRESET,SOCKERR,2,1',
    ],
    [
      { agent: agentStatus({ line: null, at: null, durationMs: null, weight: 1 }) },
      'UP 1 ,INI,0,1',
    ],
    [{ agent: null }, 'UP 1 ,,,'],
  ];
  const reals = agents.map(([fields], row) =>
    realStatus({ id: `10.1.1.${row}:80`, ...fields }),
  );
  const { path } = await openControl(t, async () =>
    statusDocument({ services: [serviceStatus({ reals })] }),
  );
  const rows = csvRows(await raw(path, 'show stat\n')).filter(
    ({ type }) => type === '2',
  );
  t.same(
    rows.map(
      ({ status, weight, last_agt, agent_status, agent_duration, agent_health }) =>
        `${status} ${weight} ${last_agt},${agent_status},${agent_duration},${agent_health}`,
    ),
    agents.map(([, expected]) => expected),
  );
  t.equal(
    await raw(path, `get weight tcp:10.1.1.19:80/10.1.1.0:80\n`),
    '5 (initial 1)\n\n',
  );
  const state = (await raw(path, 'show servers state\n')).split('\n').slice(2);
  const [first, , drained] = state.map((line) => line.split(' '));
  t.same([first?.[14], first?.[24]], ['22', '9990'], 'as HAProxy 2.6 has it');
  t.equal(drained?.[6], '8');
});
