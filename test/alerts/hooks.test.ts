import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createHooks } from '../../lib/alerts/hooks.ts';
import type { ServiceOptions } from '../../lib/model/virtual-service.ts';
import { aService, OPTIONS } from '../support/config.ts';
import { startReceiver, startRude } from '../support/receiver.ts';
import { recordingLog } from '../support/recording-log.ts';
import { until } from '../support/site.ts';
import { aChange } from '../support/told.ts';

function someHooks(t: Test) {
  const log = recordingLog();
  const hooks = createHooks({ log, host: 'lb1' });
  t.teardown(() => hooks.close(0));
  const idle = () =>
    until(() => {
      const { webhook, command } = hooks.status();
      return webhook.pending + command.pending === 0;
    }, 'all told');
  return { hooks, log, idle };
}

function hooked(options: Partial<ServiceOptions>, port = 80) {
  return aService({ port, options: { ...OPTIONS, ...options } });
}

/** A program that notes its words in a file, one run a line. */
function aProgram(t: Test, script = '') {
  const folder = mkdtempSync(join(tmpdir(), 'l4d-hooks-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'on-change');
  const noted = join(folder, 'noted');
  writeFileSync(path, `#!/bin/sh\n${script}\necho "$ALERT_SEQUENCE $*" >> ${noted}\n`);
  chmodSync(path, 0o755);
  const lines = () =>
    existsSync(noted) ? readFileSync(noted, 'utf8').split('\n').filter(Boolean) : [];
  return { path, lines };
}

t.test('both ways are told, in order', async (t) => {
  const { url, received } = await startReceiver(t);
  const { path, lines } = aProgram(t);
  const { hooks, idle, log } = someHooks(t);
  const service = hooked({ webhook: url, command: path });
  hooks.follow([service]);
  for (const to of ['down', 'up', 'drain']) hooks.changed(service, aChange({ to }));
  hooks.changed(service, aChange({ real: undefined, from: 'up', to: 'down' }));
  t.match(hooks.status(), { webhook: { pending: 4 }, command: { pending: 4 } });
  await idle();
  t.strictSame(
    received.map(({ message: { sequence, to } }) => [sequence, to]),
    [
      [1, 'down'],
      [2, 'up'],
      [3, 'drain'],
      [4, 'down'],
    ],
  );
  t.strictSame(lines(), [
    '1 real up down tcp:10.1.1.19:80 10.1.1.21:80',
    '2 real up up tcp:10.1.1.19:80 10.1.1.21:80',
    '3 real up drain tcp:10.1.1.19:80 10.1.1.21:80',
    '4 service up down tcp:10.1.1.19:80',
  ]);
  const done = { sent: 4, failed: 0, dropped: 0, pending: 0, problem: null };
  t.strictSame(hooks.status(), { webhook: done, command: done });
  t.strictSame(log.lines, []);
});

t.test('one that flaps is told ten times, then in one', async (t) => {
  const { url, received } = await startReceiver(t);
  const { hooks } = someHooks(t);
  const service = hooked({ webhook: url });
  hooks.follow([service]);
  for (let n = 0; n < 500; n++)
    hooks.changed(
      service,
      aChange({ from: n % 2 ? 'down' : 'up', to: n % 2 ? 'up' : 'down' }),
    );
  await until(() => hooks.status().webhook.sent === 10, 'ten');
  t.match(hooks.status().webhook, { sent: 10, pending: 1 });
  await hooks.close(5000);
  t.equal(received.length, 11);
  t.match(received[10]?.message, {
    ...{ sequence: 500, changes: 490, from: 'up', to: 'up' },
  });
});

t.test('that a service is gone is told last', async (t) => {
  const { url, received } = await startReceiver(t);
  const { hooks, idle } = someHooks(t);
  const service = hooked({ webhook: url });
  hooks.follow([service]);
  for (let n = 0; n < 20; n++) hooks.changed(service, aChange());
  hooks.changed(service, aChange({ real: undefined, from: 'down', to: null }));
  await idle();
  t.strictSame(
    received.slice(-2).map(({ message: { sequence, kind } }) => [sequence, kind]),
    [
      [20, 'real'],
      [21, 'service'],
    ],
  );
});

t.test('a silent receiver delays no other service', async (t) => {
  const silent = await startRude(t, () => {});
  const { url } = await startReceiver(t);
  const { hooks } = someHooks(t);
  const dead = Array.from({ length: 50 }, (_, n) =>
    hooked({ webhook: silent.url }, n + 1),
  );
  const good = hooked({ webhook: url }, 100);
  hooks.follow([...dead, good]);
  for (const service of [...dead, good]) hooks.changed(service, aChange());
  await until(() => hooks.status().webhook.sent === 1, 'the good one');
  await until(() => silent.open() === 4, 'four connections to the silent one');
  t.match(hooks.status().webhook, { sent: 1, pending: 50 });
  const begun = performance.now();
  await hooks.close(100);
  t.ok(performance.now() - begun < 3000);
  t.match(hooks.status().webhook, { sent: 1, pending: 0, dropped: 50 });
});

t.test('a reload changes the ways, and what waits goes on', async (t) => {
  const old = await startRude(t, (socket) => socket.destroy());
  const { url, received } = await startReceiver(t);
  const { hooks, log, idle } = someHooks(t);
  const before = hooked({ webhook: old.url });
  hooks.follow([before]);
  hooks.changed(before, aChange());
  await log.saw(/tried again/);
  t.match(hooks.status().webhook, { problem: /^http:\/\/127/, pending: 1 });
  const after = hooked({ webhook: url });
  hooks.follow([after]);
  await idle();
  t.equal(received[0]?.message.sequence, 1);
  t.equal(hooks.status().webhook.problem, null);
  hooks.changed(after, aChange());
  await until(() => received.length === 2, 'the next one');
  hooks.follow([hooked({})]);
  hooks.changed(hooked({}), aChange());
  await delay(50);
  t.equal(received.length, 2, 'without a hook nothing is told');
});

t.test('that a service is gone is told, then it is forgotten', async (t) => {
  const { url, received } = await startReceiver(t);
  const { hooks, idle } = someHooks(t);
  const service = hooked({ webhook: url });
  hooks.follow([service]);
  hooks.changed(service, aChange());
  hooks.follow([]);
  hooks.changed(service, aChange({ real: undefined, to: null }));
  await idle();
  hooks.follow([service]);
  hooks.changed(service, aChange());
  await idle();
  const told = received.map(({ message: { sequence, to } }) => [sequence, to]);
  t.strictSame(told, [
    [1, 'down'],
    [2, null],
    [1, 'down'],
  ]);
  t.equal(new Set(received.map(({ message }) => message.id)).size, 3);
});

t.test('at most eight programs run at once, one a service', async (t) => {
  const { path, lines } = aProgram(
    t,
    `mkdir -p "$0.d"; echo >> "$0.d/$$"; sleep 0.3; ls "$0.d" | wc -l >> "$0.most"; rm "$0.d/$$"`,
  );
  const { hooks, idle } = someHooks(t);
  const services = Array.from({ length: 20 }, (_, n) =>
    hooked({ command: path }, n + 1),
  );
  hooks.follow(services);
  for (const service of services) hooks.changed(service, aChange());
  await idle();
  t.equal(lines().length, 20);
  const most = readFileSync(`${path}.most`, 'utf8').trim().split('\n').map(Number);
  t.ok(Math.max(...most) <= 8, `${Math.max(...most)} at once`);
});

t.test('the end is bounded, and its programs end', async (t) => {
  const { path, lines } = aProgram(t, 'sleep 1000');
  const { hooks, log } = someHooks(t);
  const service = hooked({ command: path });
  hooks.follow([service]);
  for (const to of ['down', 'up']) hooks.changed(service, aChange({ to }));
  await delay(100);
  const begun = performance.now();
  await hooks.close(200);
  t.ok(performance.now() - begun < 4000);
  t.strictSame(lines(), []);
  t.match(hooks.status().command, { sent: 0, dropped: 2, pending: 0 });
  t.match(log.lines, [
    /1 change of state was not told: .*: the director ends$/,
    /1 more was not told: .*: the director ends$/,
  ]);
  hooks.changed(service, aChange());
  t.equal(hooks.status().command.pending, 0, 'afterwards it takes nothing');
});

t.test('a director that has handed over tells what waits', async (t) => {
  let isUp = false;
  const { url, received } = await startReceiver(t, (response) => {
    response.statusCode = isUp ? 204 : 503;
    response.end();
  });
  const { hooks } = someHooks(t);
  const service = hooked({ webhook: url });
  hooks.follow([service]);
  hooks.changed(service, aChange());
  await until(() => received.length === 1, 'an attempt');
  isUp = true;
  const hurry = new AbortController();
  await hooks.tellAll(hurry.signal);
  t.match(hooks.status().webhook, { sent: 1, pending: 0, dropped: 0 });
  hooks.changed(service, aChange());
  t.equal(hooks.status().webhook.pending, 0, 'afterwards it takes nothing');
});

t.test('but not for ever', async (t) => {
  const silent = await startRude(t, () => {});
  const { hooks } = someHooks(t);
  const service = hooked({ webhook: silent.url });
  hooks.follow([service]);
  hooks.changed(service, aChange());
  await hooks.tellAll(AbortSignal.timeout(100));
  t.match(hooks.status().webhook, { sent: 0, pending: 1 });
});
