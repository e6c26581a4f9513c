import t from 'tap';
import { CHECK_TYPES, SERVICES, serviceNamed } from '../../lib/checks/index.ts';
import { SERVICE_PORTS } from '../../lib/config/services.ts';

t.test('every name that ldirectord knows is there', async (t) => {
  t.same(Object.keys(CHECK_TYPES).sort(), [
    'connect',
    'external',
    'external-perl',
    'negotiate',
    'off',
    'on',
    'ping',
  ]);
  t.equal(Object.keys(SERVICES).length, 21);
});

t.test('config and checks agree on the names and standard ports', async (t) => {
  t.strictSame(Object.keys(SERVICES), Object.keys(SERVICE_PORTS));
  for (const [name, port] of Object.entries(SERVICE_PORTS))
    t.equal(serviceNamed(name)?.port, port, name);
});
