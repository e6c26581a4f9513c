import t from 'tap';
import { judge } from '../../lib/cli/wait.ts';
import type { RealState, ServiceState } from '../../lib/model/status.ts';
import { FakeDirector } from '../support/fake-director.ts';
import { runAction } from '../support/l4director.ts';
import { until } from '../support/site.ts';
import { realStatus, serviceStatus, statusDocument } from '../support/status.ts';

const ONE = '10.1.1.21:80';
const WEB = 'tcp:10.1.1.19:80';

const none = { activeConnections: 0, inactiveConnections: 0 };

t.test('what is reached when', async (t) => {
  const real = (state: RealState) => [
    { service: serviceStatus(), real: realStatus({ state, ...none }) },
  ];
  const service = (state: ServiceState) => [
    { service: serviceStatus({ state }), real: undefined },
  ];
  const reached = (targets: Parameters<typeof judge>[0]) =>
    (['ready', 'up', 'down', 'empty'] as const).filter(
      (aim) => judge(targets, aim).done,
    );
  t.same(reached(real('starting')), ['empty']);
  t.same(reached(real('up')), ['ready', 'up', 'empty']);
  t.same(reached(real('unchecked')), ['ready', 'up', 'empty']);
  for (const state of ['down', 'maintenance', 'drain'] as const)
    t.same(reached(real(state)), ['ready', 'down', 'empty'], state);
  t.same(reached(service('starting')), []);
  t.same(reached(service('up')), ['ready', 'up']);
  t.same(reached(service('fallback')), ['ready', 'down']);
  t.same(judge([...service('up'), ...service('down')], 'up'), {
    done: false,
    words: `${WEB} is down`,
  });
  t.equal(judge([], 'up').done, true);
});

t.test('wait returns when it is so, and says how it is', async (t) => {
  const director = await FakeDirector.open(t, statusDocument());
  director.setReal(WEB, ONE, { state: 'down' });
  const waiting = runAction(director.folder, 'wait', '--for', 'up', ONE);
  await until(() => director.requests.length > 1, 'a second look');
  director.setReal(WEB, ONE, { state: 'up' });
  t.same(await waiting, { code: 0, stdout: `${WEB}/${ONE} is up\n`, stderr: '' });
  const all = await runAction(director.folder, 'wait');
  t.same(all, { code: 0, stdout: `${WEB} is up\n`, stderr: '' });
});

t.test('wait ends in time, with 4', async (t) => {
  const director = await FakeDirector.open(t, statusDocument());
  const words = ['wait', '--for', 'empty', '--timeout', '300ms', WEB];
  t.same(await runAction(director.folder, ...words), {
    code: 4,
    stdout: '',
    stderr: `not empty within 300ms: ${WEB} has 8 connections\n`,
  });
  await director.stop();
  const alone = await runAction(director.folder, 'wait', '--timeout', '300ms');
  t.equal(alone.code, 4);
  t.match(alone.stderr, 'no director is running');
});

t.test('who is with the director before this one is not forgotten', async (t) => {
  const director = await FakeDirector.open(t, statusDocument());
  director.setReal(WEB, ONE, { activeConnections: 0, inactiveConnections: 0 });
  director.listed = 3;
  const waiting = runAction(director.folder, 'wait', '--for', 'empty', ONE);
  const asked = () =>
    director.requests.filter((request) => request === 'GET /v1/connections').length;
  await until(() => asked() > 1, 'a second look');
  director.listed = 0;
  t.match(await waiting, { code: 0, stdout: `${WEB}/${ONE} has 0 connections\n` });
});

t.test('wait takes no name that there is not, and no other aim', async (t) => {
  const director = await FakeDirector.open(t, statusDocument());
  const wrong = await runAction(director.folder, 'wait', '9.9.9.9');
  t.equal(wrong.code, 1);
  t.match(wrong.stderr, /^no service or real server 9\.9\.9\.9; there is: /);
  t.equal((await runAction(director.folder, 'wait', '--for', 'fun')).code, 255);
});
