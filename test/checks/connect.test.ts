import t from 'tap';
import { checkSuite } from '../support/check-suite.ts';
import { checkOnce, checkTarget } from '../support/check-target.ts';
import { rawServer } from '../support/raw-server.ts';

checkSuite(t, {
  target: (port) => checkTarget({ checktype: 'connect', port }),
  silentIsUp: true,
  otherProtocolIsUp: true,
});

t.test('an open port is up, and the connection is closed at once', async (t) => {
  const server = await rawServer(t, () => {});
  t.same(await checkOnce(checkTarget({ checktype: 'connect', port: server.port })), {
    up: true,
    message: 'connected',
  });
  await server.idle();
  t.equal(server.accepted, 1);
  t.same(server.received, ['']);
});

t.test('without a port it is down and says what to set', async (t) => {
  const message = 'no port to ask: give the real server one, or set checkport';
  for (const fields of [
    { checktype: 'connect' },
    { service: 'http' },
    { service: 'simpletcp' },
  ] as const)
    t.same(await checkOnce(checkTarget({ ...fields, port: 0 })), {
      up: false,
      message,
    });
});

t.test('a firewall mark is checked over TCP', async (t) => {
  const server = await rawServer(t, () => {});
  const target = checkTarget({
    checktype: 'connect',
    protocol: 'fwm',
    port: server.port,
  });
  t.equal((await checkOnce(target)).up, true);
});
