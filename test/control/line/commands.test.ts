import t from 'tap';
import { openControl, raw } from '../../support/control.ts';
import { lineClient } from '../../support/line-client.ts';
import { ME } from '../../support/me.ts';
import { realStatus, serviceStatus, statusDocument } from '../../support/status.ts';

const WEB = 'tcp:10.1.1.19:80';
const ONE = '10.1.1.21:80';
const BOTH = `${WEB}/${ONE}`;

const status = async () =>
  statusDocument({
    services: [
      serviceStatus({
        persistent: 300,
        persistenceEntries: 1,
        reals: [
          realStatus({ weight: 8, configuredWeight: 8 }),
          realStatus({ id: '10.1.1.22:80', address: '10.1.1.22', state: 'down' }),
        ],
      }),
    ],
  });

t.test('changes go to the desk, with who asked', async (t) => {
  const { path, desk } = await openControl(t, status);
  const cases: readonly (readonly [string, object])[] = [
    [`set weight ${BOTH} 5`, { weight: 5 }],
    [`set weight ${BOTH} 50%`, { weight: 4 }],
    [`set weight ${BOTH} 100%`, { weight: null }],
    [`set weight #2/#1 0`, { weight: 0 }],
    [`set server ${BOTH} weight 65535`, { weight: 65_535 }],
    [`set server ${BOTH} state drain`, { state: 'drain' }],
    [`set server ${BOTH} state maint`, { state: 'maintenance' }],
    [`set server ${BOTH} state ready`, { state: 'ready' }],
    [`disable server ${BOTH}`, { state: 'maintenance' }],
    [`enable server ${BOTH}`, { state: 'ready' }],
  ];
  for (const [line, wish] of cases) {
    t.equal(await raw(path, `${line}\n`), '\n', line);
    const words = JSON.stringify({ service: WEB, real: ONE, ...wish });
    t.equal(desk.told.pop(), `change ${words} by ${ME}`, line);
  }
});

t.test('what cannot be is refused in the words of HAProxy', async (t) => {
  const { path, desk } = await openControl(t, status);
  const cases: Readonly<Record<string, string>> = {
    'get weight': "Require 'backend/server'.",
    'get weight x': "Require 'backend/server'.",
    'get weight x/y': 'No such backend.',
    [`get weight ${WEB}/y`]: 'No such server.',
    [`set weight ${BOTH}`]: 'Require <weight> or <weight%>.',
    [`set weight ${BOTH} x`]: 'Empty weight string empty or preceded by garbage',
    [`set weight ${BOTH} 5x`]: 'Trailing garbage in weight string',
    [`set weight ${BOTH} -5%`]: 'Relative weight must be positive.',
    [`set weight ${BOTH} -1`]:
      'Absolute weight can only be between 0 and 65535 inclusive.',
    [`set weight ${BOTH} 65536`]:
      'Absolute weight can only be between 0 and 65535 inclusive.',
    [`set server ${BOTH} state x`]:
      "'set server <srv> state' expects 'ready', 'drain' and 'maint'.",
    [`set server ${BOTH} x`]: 'usage: set server <backend>/<server> state | weight',
    [`set server ${BOTH} addr 1.2.3.4`]:
      'Not at run time: change the configuration file and give the command "reload".',
    'set timeout': "'set timeout' only supports 'cli'.",
    'set timeout cli': 'Expects an integer value.',
    'set timeout cli 0': 'Invalid timeout value.',
    'show stat x 4 -1': 'No such proxy.',
    'show stat domain dns': 'Invalid statistics domain.',
    'show servers state x': "Can't find backend.",
    'show table x': 'No such table',
    'clear table': 'Required arguments: <table>, or <table> key <key>',
    [`clear table ${WEB} key`]: 'Key value expected',
    'shutdown session': "Session pointer expected (use 'show sess').",
    'shutdown session 7-7': "No such session (use 'show sess').",
    'shutdown sessions server x/y': 'No such backend.',
    [`drain ${BOTH}`]: 'Expects a time, a day at most, as in "90", "10m" or "1h".',
    [`drain ${BOTH} 25h`]: 'Expects a time, a day at most, as in "90", "10m" or "1h".',
  };
  for (const [line, answer] of Object.entries(cases))
    t.equal(await raw(path, `${line}\n`), `${answer}\n\n`, line);
  t.same(desk.told, []);
});

t.test('connections and persistence are shown, and ended', async (t) => {
  const { path, desk } = await openControl(t, status);
  const sessions = await raw(path, 'show sess\n');
  t.match(
    sessions,
    `0-17: proto=tcpv4 src=192.0.2.7:51234 fe=${WEB} be=${WEB} srv=${ONE} state=open age=`,
  );
  t.match(
    sessions,
    `0-18: proto=tcpv6 src=[2001:db8::7]:51234 fe=${WEB} be=${WEB} srv=<none> state=opening\n\n`,
  );
  t.equal(
    await raw(path, 'show table\n'),
    `# table: ${WEB}, type: ip, size:1, used:1\n\n`,
  );
  t.equal(
    await raw(path, `show table ${WEB}\n`),
    `# table: ${WEB}, type: ip, size:1, used:1\n0x0: key=192.0.2.0/24 use=0 exp=12500 server_id=1 server_key=${ONE}\n\n`,
  );
  for (const line of [
    `shutdown session 0-17`,
    `shutdown sessions server ${BOTH}`,
    `clear table ${WEB} key 192.0.2.7`,
    `clear table ${WEB}`,
  ])
    t.equal(await raw(path, `${line}\n`), '\n', line);
  t.same(desk.told, [
    `end {"id":"0-17"} by ${ME}`,
    `end {"service":"${WEB}","server":"${ONE}"} by ${ME}`,
    `forget {"service":"${WEB}","client":"192.0.2.7"} by ${ME}`,
    `forget {"service":"${WEB}"} by ${ME}`,
  ]);
});

t.test('a drain answers when the server is empty', async (t) => {
  const { path, desk } = await openControl(t, status);
  const client = lineClient(t, path);
  client.socket.write(`drain ${BOTH} 10m\n`);
  while (desk.draining.size === 0) await new Promise(setImmediate);
  for (const { empty } of desk.draining) empty();
  t.equal(
    await client.all(),
    'Empty after 600 s: 2 connections ended, 1 persistence entries forgotten\n\n',
  );
});

t.test(
  'what would not outlive the director is said by our own words alone',
  async (t) => {
    const { path, desk } = await openControl(t, status);
    const warning = 'in force, but it would not outlive the director: a full disk';
    const { change } = desk;
    Object.assign(desk, {
      change: async (...asked: Parameters<typeof change>) => ({
        ...(await change.apply(desk, asked)),
        warning,
      }),
      drain: async () => ({ ended: 0, forgotten: 0, seconds: 1, warning }),
    });
    t.equal(await raw(path, `set weight ${BOTH} 5\n`), '\n', "HAProxy's say nothing");
    t.equal(
      await raw(path, `drain ${BOTH} 1\n`),
      `Empty after 1 s: 0 connections ended, 0 persistence entries forgotten\nWarning: ${warning}\n\n`,
    );
  },
);

t.test('a drain that something else ends says so', async (t) => {
  const { path, desk } = await openControl(t, status);
  const client = lineClient(t, path);
  client.socket.write(`drain ${BOTH} 10m\n`);
  while (desk.draining.size === 0) await new Promise(setImmediate);
  for (const { fail } of desk.draining) fail();
  t.equal(await client.all(), 'something else was wished.\n\n');
});

t.test('a reload says how it went and what it changed', async (t) => {
  const change = {
    ...({ type: 'changed', service: WEB, real: ONE } as const),
    values: [{ name: 'weight', old: 1, new: 5 }],
  };
  const done = {
    ok: true,
    changes: [change],
    warnings: ['x.cf:3: warning: y'],
  } as const;
  const refused = { ok: false, errors: ['x.cf:2: port: expected 1 to 65535'] } as const;
  const asked: string[] = [];
  const { path } = await openControl(t, status, {
    reload: async (by) => {
      asked.push(by);
      return refused;
    },
    plan: async () => done,
  });
  t.equal(await raw(path, 'reload\n'), `Success=0\n--\n${refused.errors[0]}\n\n`);
  t.equal(
    await raw(path, 'show plan\n'),
    `Success=1\n--\nchanged ${BOTH}: weight 1 -> 5\nx.cf:3: warning: y\n\n`,
  );
  t.same(asked, [ME], 'who asked for the reload');
});

t.test('events are told as they come, until a key is pressed', async (t) => {
  const { path, desk } = await openControl(t, status);
  const real = { type: 'real', service: WEB, real: ONE, weight: 0 } as const;
  desk.events.tell({ type: 'service', service: WEB, from: null, to: 'up' });
  t.match(await raw(path, 'show events\n'), / service tcp:10.1.1.19:80 new -> up\n\n$/);
  const client = lineClient(t, path);
  await client.ask('prompt');
  client.socket.write('show events -w -n\n');
  // Nothing tells when it has begun to follow.
  const telling = setInterval(
    () =>
      desk.events.tell({ ...real, from: 'up', to: 'down', message: '404 Not Found' }),
    100,
  );
  t.match(
    await client.until(/\n/),
    /^\d+ \S+ real tcp:10.1.1.19:80 10.1.1.21:80 up -> down weight 0 \(404 Not Found\)\n/,
  );
  clearInterval(telling);
  const by = 'uid 0 (root)';
  desk.events.tell({
    ...{ type: 'change', service: WEB, real: ONE, what: 'weight' },
    ...{ old: 1, new: 5, by },
  });
  t.match(
    await client.until(/ by .*\n/),
    /10.1.1.21:80 weight 1 -> 5 by uid 0 \(root\)\n$/,
  );
  t.equal(await client.ask(''), '\n> ');
  t.match(await client.ask('show cli level'), 'admin\n\n> ');
});

t.test('so many wait, and no more', async (t) => {
  const { path } = await openControl(t, status);
  const waiting = Array.from({ length: 16 }, () => lineClient(t, path));
  for (const { socket } of waiting) socket.write('show events -w\n');
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.equal(await raw(path, 'show events -w\n'), 'Too many wait already.\n\n');
  t.match(await raw(path, 'show version\n'), /^2\.6/);
});

t.test('the last checks of a server are listed', async (t) => {
  const check = {
    durationMs: 2.6,
    made: 'negotiate',
    message: '404 Not Found',
  } as const;
  const { path } = await openControl(t, async (checks) => {
    const reals = [
      realStatus({ checks: Array(checks).fill({ ...check, up: false, at: 'T' }) }),
    ];
    return statusDocument({ services: [serviceStatus({ reals })] });
  });
  const answer = await raw(path, `show check ${BOTH}\n`);
  t.equal(answer.split('\n').length, 23);
  t.match(answer, 'T down negotiate 3ms 404 Not Found\n');
});

t.test('a status that fails is an answer', async (t) => {
  const { path } = await openControl(t, async () => {
    throw new Error('engine is gone');
  });
  t.equal(await raw(path, 'show stat\n'), 'Failed: engine is gone\n\n');
});
