import t from 'tap';
import { refuseBeyond } from '../../lib/daemon/lacking-rights.ts';
import type { Capability } from '../../lib/model/capability.ts';
import { aConfig, aService } from '../support/config.ts';

const user = { name: 'director', uid: 990, gid: 990, home: '/' };

/** What becomes of a config with a low port, and of the director with these rights. */
function read(uid: number, capabilities: readonly Capability[], asUser = true) {
  const { options, ...config } = aConfig([aService({ port: 80 })]);
  const known = { ...config, options: { ...options, user: asUser ? user : undefined } };
  return refuseBeyond(
    { ok: true, config: known },
    { uid, user: 'director', capabilities },
  );
}

t.test('a config that needs a right that was given up is refused', async (t) => {
  t.match(read(990, ['CAP_NET_RAW']), {
    ok: false,
    errors: [
      {
        line: 0,
        message:
          'tcp:10.1.1.19:80 needs CAP_NET_BIND_SERVICE to listen on a port below 1024, which the director gave up when it became director: expected a restart, which keeps it',
      },
    ],
  });
  t.ok(read(990, ['CAP_NET_BIND_SERVICE']).ok);
});

t.test('who gave nothing up finds out by doing it', async (t) => {
  t.ok(read(1000, []).ok, 'another user');
  t.ok(read(0, []).ok, 'root');
  t.ok(read(990, [], false).ok, 'as which it was started by others');
});

t.test('a file that is refused already stays so', async (t) => {
  const refused = { ok: false, errors: [], warnings: [] } as const;
  t.equal(refuseBeyond(refused), refused);
});
