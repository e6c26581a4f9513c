import { writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createControlServer } from '../../lib/control/index.ts';
import { ask, controlOptions, openControl, raw } from '../support/control.ts';
import { lab } from '../support/lab.ts';
import { lineClient } from '../support/line-client.ts';
import { Site, webServer } from '../support/site.ts';
import { socketPath } from '../support/socket-path.ts';
import { triedPort } from '../support/tried-port.ts';

const SERVER = 'tcp:10.1.1.19:80/10.1.1.21:80';
const REAL = '/v1/services/tcp:10.1.1.19:80/reals/10.1.1.21:80';

t.test('on the second socket everything is shown, and nothing changed', async (t) => {
  const looking = socketPath(t);
  const readOnly = { path: looking, mode: 0o666 };
  const { path, desk } = await openControl(t, undefined, { readOnly });
  t.equal((await stat(looking)).mode & 0o777, 0o666);
  t.equal((await stat(path)).mode & 0o777, 0o660);

  for (const url of ['/v1/status', '/v1/services', '/v1/connections', '/metrics'])
    t.equal((await ask(looking, url)).status, 200, url);
  const body = JSON.stringify({ weight: 5 });
  const changes = [
    await ask(looking, REAL, { method: 'PATCH', body }),
    await ask(looking, `${REAL}/drain`, { method: 'POST', body }),
    await ask(looking, '/v1/reload', { method: 'POST' }),
    await ask(looking, '/v1/connections/0-17', { method: 'DELETE' }),
  ];
  t.same(
    changes.map(({ status }) => status),
    [403, 403, 403, 403],
  );

  for (const line of [
    'show stat',
    'show info',
    'show sess',
    'show plan',
    'show events',
  ])
    t.notMatch(await raw(looking, `${line}\n`), 'Permission denied', line);
  t.equal(await raw(looking, 'show cli level\n'), 'user\n\n');
  for (const line of [
    `set weight ${SERVER} 5`,
    `set server ${SERVER} state drain`,
    `enable server ${SERVER}`,
    `disable server ${SERVER}`,
    `drain ${SERVER} 1`,
    'shutdown session 0-17',
    `shutdown sessions server ${SERVER}`,
    'clear table tcp:10.1.1.19:80',
    'clear counters all',
    'reload',
  ])
    t.equal(await raw(looking, `${line}\n`), 'Permission denied\n\n', line);
  t.notMatch(await raw(looking, 'help\n'), 'set weight');
  t.same(desk.told, []);
  t.equal(await raw(path, `set weight ${SERVER} 5\n`), '\n');
  t.equal(desk.told.length, 1);
});

t.test('both sockets go with the server', async (t) => {
  const looking = socketPath(t);
  const readOnly = { path: looking, mode: 0o600 };
  const { path, server } = await openControl(t, undefined, { readOnly });
  await server.close();
  await t.rejects(stat(path), { code: 'ENOENT' });
  await t.rejects(stat(looking), { code: 'ENOENT' });
});

t.test('where the second cannot be made the first is given back', async (t) => {
  const readOnly = { path: '/nonexistent/stats.sock', mode: 0o666 };
  const path = socketPath(t);
  await t.rejects(createControlServer(controlOptions(path, { readOnly })), {
    message: /^\/nonexistent\/stats\.sock: cannot be made \(ENOENT/,
  });
  await t.rejects(stat(path), { code: 'ENOENT' });
});

t.test('the first is for whom the ini says', lab('root'), async (t) => {
  const { path } = await openControl(t, undefined, {
    access: { mode: 0o640, group: 7 },
  });
  const { mode, gid } = await stat(path);
  t.same([mode & 0o777, gid], [0o640, 7]);
});

t.test('a real director opens both as its ini says', async (t) => {
  const real = await webServer(t);
  const port = await triedPort();
  const secret = 'hush-hush-hush';
  const site = new Site(
    t,
    [
      ...['checkinterval=1', 'logfile="LOG"', `virtual=127.0.0.1:${port}`],
      ...[`    real=127.0.0.1:${real} masq`, '    checktype=connect'],
      ...[
        `    login="${secret}"`,
        `    passwd="${secret}"`,
        `    request="http://a:${secret}@x/"`,
        '',
      ],
    ].join('\n'),
  );
  const looking = join(site.folder, 'stats.sock');
  writeFileSync(
    `${site.config}.ini`,
    `[control]\nmode = 0600\nread-only-socket = ${looking}\nread-only-mode = 0644\n`,
  );
  t.match(await site.run('start'), { code: 0 });
  const path = join(site.runtimeDir, 'l4director.a.cf.sock');
  const modes = await Promise.all([stat(path), stat(looking)]);
  t.same(
    modes.map(({ mode }) => mode & 0o777),
    [0o600, 0o644],
  );
  const server = `tcp:127.0.0.1:${port}/127.0.0.1:${real}`;
  t.equal(await raw(looking, `disable server ${server}\n`), 'Permission denied\n\n');
  t.equal((await ask(looking, '/v1/reload', { method: 'POST' })).status, 403);
  site.write(`checkinterval=1\nlogfile="LOG"\nvirtual=127.0.0.1:${port}
    real=127.0.0.1:${real} masq\n    checktype=connect\n    passwd="other-${secret}"\n`);
  for (const line of ['show plan', 'show stat', 'show info', 'show servers state'])
    t.notMatch(await raw(looking, `${line}\n`), secret, line);
  for (const url of ['/v1/status', '/v1/plan', '/metrics'])
    t.notMatch((await ask(looking, url)).text, secret, url);
  t.match(await raw(looking, 'show plan\n'), 'passwd');
  t.match(await site.run('stop'), { code: 0 });
  await t.rejects(stat(looking), { code: 'ENOENT' });
});

t.test('those who look take no room of those who may change things', async (t) => {
  const looking = socketPath(t);
  const readOnly = { path: looking, mode: 0o666 };
  const { path } = await openControl(t, undefined, { readOnly });
  const waiting = Array.from({ length: 16 }, () => lineClient(t, looking));
  for (const { socket } of waiting) socket.write('show events -w\n');
  await sleep(200);
  t.equal(await raw(looking, 'show events -w\n'), 'Too many wait already.\n\n');
  const follower = lineClient(t, path);
  await follower.ask('prompt');
  follower.socket.write('show events -w\n');
  await sleep(200);
  t.match(await follower.ask(''), /^\n> $/);
});
