import t from 'tap';
import { CHECK_TYPES, SERVICES, serviceOfPort } from '../../lib/checks/index.ts';

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

t.test('a standard port names its service', async (t) => {
  for (const [port, name] of [
    [21, 'ftp'],
    [80, 'http'],
    [443, 'https'],
    [587, 'submission'],
    [3128, 'http_proxy'],
  ] as const)
    t.equal(serviceOfPort(port), name);
  t.equal(serviceOfPort(8080), undefined);
  t.equal(serviceOfPort(0), undefined);
});
