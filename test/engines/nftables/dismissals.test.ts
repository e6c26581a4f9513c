import t from 'tap';
import { dismissals } from '../../../lib/engines/nftables/dismissals.ts';
import { aReal, OPTIONS } from '../../support/config.ts';
import { serverAt } from '../../support/engine-rig.ts';
import { entry, WEB1 } from '../../support/kernel-stage.ts';

const server = serverAt(WEB1, 80, { onRemoval: 'reset' });

/** The table with that server, of a name or of the file, and one without it. */
function removed(from: string | undefined) {
  const { service } = entry({}, [server]);
  const reals = [aReal(server.id, from === undefined ? {} : { from })];
  const names = from === undefined ? [] : [from];
  const realsFrom = names.map(
    (name) => ({ name, method: 'masq', port: 80, weight: 1 }) as const,
  );
  const asked = { ...service, options: { ...OPTIONS, realsFrom } };
  return dismissals(
    [{ service: { ...asked, reals }, servers: [server] }],
    [{ service: { ...asked, reals: [] }, servers: [] }],
  );
}

t.test('who leaves with the name that named him is drained', async (t) => {
  t.equal(removed(undefined).length, 1, 'of the file: its connections end');
  t.equal(removed('www.lab.test').length, 0, 'of a name: they go on');
});
