import t from 'tap';
import { canShare } from '../../../lib/engines/net/crew/worker-count.ts';
import { director } from '../../support/live-director.ts';

const { node } = process.versions;
const NEEDS = canShare(node) ? {} : { skip: `Node ${node} cannot share an address` };

t.test('a successor has the role of the director before it', NEEDS, async (t) => {
  const { site, act } = await director(t);
  t.match(await act('role', 'standby'), { code: 0 });
  const before = site.pid;
  t.match(await act('upgrade'), { code: 0, stderr: '' });
  t.not(site.pid, before);
  t.match(await act('role'), { stdout: /^standby, told by/ });
  t.match(await act('role', 'active'), { stdout: 'active (was standby)\n' });
});
