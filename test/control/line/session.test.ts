import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { ask, openControl, raw } from '../../support/control.ts';
import { lineClient } from '../../support/line-client.ts';
import { statusDocument } from '../../support/status.ts';
import { turnsUntil } from '../../support/turns.ts';

t.jobs = 4; // one of them waits for half a minute
const VERSION = '2.6.0-l4director-0.1.0\n';

t.test('each command of a line is answered, then the connection closes', async (t) => {
  const { path } = await openControl(t);
  const cases: readonly (readonly [string, string])[] = [
    ['show version\n', `${VERSION}\n`],
    ['show version\r\n', `${VERSION}\n`],
    ['  show \t version ignored\n', `${VERSION}\n`],
    ['show version;show version\n', `${VERSION}\n${VERSION}\n`],
    ['show version\nshow version\n', `${VERSION}\n${VERSION}\n`],
    ['show version;quit;show version\n', `${VERSION}\n`],
    ['get weight a\\;b\n', "Require 'backend/server'.\n\n"],
    ['show version <<\nshow version\n\n', `${VERSION}\n`],
    ['set timeout cli 60\n', '\n'],
    ['quit\n', ''],
  ];
  for (const [said, answer] of cases) t.equal(await raw(path, said), answer, said);
});

t.test('a line that does not end is no command', async (t) => {
  const { path } = await openControl(t);
  const client = lineClient(t, path);
  client.socket.end('show version');
  t.equal(await client.all(), '');
  const silent = lineClient(t, path);
  silent.socket.end();
  t.equal(await silent.all(), '');
});

t.test('a command may come in pieces', async (t) => {
  const { path } = await openControl(t);
  const client = lineClient(t, path);
  for (const piece of ['sh', 'ow ver', 'sion', '\n']) {
    client.socket.write(piece);
    await sleep(20);
  }
  t.equal(await client.all(), `${VERSION}\n`);
});

t.test('after "prompt" the client stays until it wants no more', async (t) => {
  const { path } = await openControl(t);
  const client = lineClient(t, path);
  t.equal(await client.ask('prompt'), '\n> ');
  t.equal(await client.ask('set timeout cli 60'), '\n> ');
  t.equal(await client.ask('show version'), `${VERSION}\n> `);
  t.equal(
    await client.ask('show version;show version'),
    `${VERSION}\n> ${VERSION}\n> `,
  );
  client.socket.write('prompt;show version\n');
  t.equal(await client.all(), `\n${VERSION}\n`);
  const other = lineClient(t, path);
  await other.ask('prompt');
  other.socket.write('quit\n');
  t.equal(await other.all(), '');
});

t.test('what is not understood says what is', async (t) => {
  const { path } = await openControl(t);
  const all = /^Unknown command\. Please enter one of the following commands only:\n/;
  for (const said of ['\n', ' \n', ';\n', 'zzzzzzz\n'])
    t.match(await raw(path, said), all);
  const some = await raw(path, 'shwo stat\n');
  t.match(
    some,
    /^Unknown command, but maybe one of the following ones is a better match:\n/,
  );
  t.match(some, /^ {2}show stat /m);
  t.match(await raw(path, 'help\n'), /^ {2}shutdown session <id> {19}: /m);
  const help = await raw(path, 'help show servers\n');
  t.match(
    help,
    /^The following commands are valid at this level:\n {2}show servers state /,
  );
  t.equal(help.split('\n').length, 7);
  t.match(
    await raw(path, 'set maxconn server a/b 5\n'),
    /^Not at run time: change the/,
  );
});

t.test('an answer holds no empty line and nothing that a terminal obeys', async (t) => {
  const { path, desk } = await openControl(t);
  desk.events.tell({ type: 'reload', ok: false, reason: 'a\n\nb\u001b[2Jc\u0007' });
  t.match(
    await raw(path, 'show events\n'),
    /^1 \S+ reload refused \(a b\?\[2Jc\?\)\n\n$/,
  );
});

t.test('a line of more than 16 KiB ends it', async (t) => {
  const { path } = await openControl(t);
  t.equal(await raw(path, 'x'.repeat(100_000)), '');
  t.equal((await ask(path, '/v1/status')).status, 200);
});

t.test('idle sessions never keep out one who asks', async (t) => {
  const { path } = await openControl(t);
  const sessions = Array.from({ length: 80 }, () => lineClient(t, path));
  await Promise.all(sessions.map((session) => session.ask('prompt').catch(() => '')));
  t.equal(await raw(path, 'show version\n'), `${VERSION}\n`);
  t.equal((await ask(path, '/v1/status')).status, 200);
  t.ok(sessions.filter(({ socket }) => !socket.closed).length <= 64);
});

t.test('a session ends when it is silent for as long as it asked for', async (t) => {
  const { path } = await openControl(t);
  const client = lineClient(t, path);
  await client.ask('prompt');
  await client.ask('set timeout cli 1');
  const began = performance.now();
  t.equal(await client.all(), '');
  const took = performance.now() - began;
  t.ok(took > 800 && took < 5_000, `after ${took} ms`);
});

t.test('a session outlives the 30 s of others', { timeout: 60_000 }, async (t) => {
  const { path } = await openControl(t);
  const client = lineClient(t, path);
  await client.ask('prompt');
  await client.ask('set timeout cli 60');
  await sleep(31_500);
  t.equal(await client.ask('show version'), `${VERSION}\n> `);
});

t.test('who waited keeps no place of those who wait', async (t) => {
  const { path } = await openControl(t);
  for (let count = 0; count < 70; count++) {
    const client = lineClient(t, path);
    await client.ask('prompt');
    t.match(await client.ask('show plan'), /^Success=1/, `session ${count}`);
  }
});

t.test('each command that waits is looked at for itself', async (t) => {
  const { path } = await openControl(t);
  const sessions = Array.from({ length: 17 }, () => lineClient(t, path));
  for (const session of sessions) {
    await session.ask('prompt');
    await session.ask('show plan');
    session.socket.write('show events -w\n');
  }
  t.equal(await sessions.at(-1)?.until(/> $/), 'Too many wait already.\n\n> ');
  t.equal(await raw(path, 'show events\n'), '\n', 'what does not wait is answered');
  sessions[0]?.socket.write('\n');
  await sessions[0]?.until(/> $/);
  const next = lineClient(t, path);
  next.socket.write('show events -w\n');
  await sleep(100);
  next.socket.write('\n');
  t.equal(await next.all(), '\n', 'a place is free again');
});

t.test('what comes while a command waits is answered after it', async (t) => {
  const plan = async () => {
    await sleep(100);
    return { ok: true, changes: [], warnings: [] } as const;
  };
  const { path } = await openControl(t, undefined, { plan });
  const client = lineClient(t, path);
  await client.ask('prompt');
  client.socket.write('show plan\n');
  await sleep(50);
  client.socket.write('show version\n');
  const both = client.until(/\n\n> .*\n\n> $/s);
  t.equal(await both, `Success=1\n--\n\n> ${VERSION}\n> `);
});

t.test('who says that no key will come waits for no events', async (t) => {
  const { path, desk } = await openControl(t);
  desk.events.tell({ type: 'reload', ok: true, reason: null });
  for (const pause of [0, 50]) {
    const client = lineClient(t, path);
    client.socket.write('show events -w\n');
    await sleep(pause);
    client.socket.end();
    t.match(await client.all(), /^1 \S+ reload ok\n\n$/);
  }
});

t.test('a key in one piece with the command ends its wait', async (t) => {
  const { path } = await openControl(t);
  const client = lineClient(t, path);
  await client.ask('prompt');
  client.socket.write('show events -w\n\n');
  t.equal(await client.until(/> $/), '\n> ');
  t.equal(await client.ask('show version'), `${VERSION}\n> `);
});

t.test('many commands are carried out beside all else', async (t) => {
  const { path } = await openControl(t);
  const turns = await turnsUntil(raw(path, `${'set timeout cli 1;'.repeat(800)}\n`));
  t.ok(turns >= 800, `${turns} turns of the event loop`);
});

t.test('nothing is carried out for one who has gone', async (t) => {
  let asked = 0;
  const { path } = await openControl(t, async () => {
    asked++;
    return statusDocument();
  });
  const client = lineClient(t, path);
  client.socket.write(`${'show stat;'.repeat(1_500)}\n`);
  await client.until(/pxname/);
  client.socket.destroy();
  await sleep(50);
  const then = asked;
  await sleep(100);
  t.equal(asked, then);
  t.ok(then < 1_500, `${then} commands`);
});

t.test('who is answered and does not go keeps nobody out', async (t) => {
  const { path } = await openControl(t);
  for (let count = 0; count < 64; count++) {
    const socket = connect({ path, allowHalfOpen: true });
    t.teardown(() => socket.destroy());
    socket.write('show version\n');
    await once(socket.resume(), 'end');
  }
  t.equal(await raw(path, 'show version\n'), `${VERSION}\n`);
});

t.test('one who goes away is let go', async (t) => {
  const { path, server } = await openControl(t);
  const client = connect({ path });
  client.write('prompt\nshow stat\nshow events -w\n');
  await sleep(100);
  client.destroy();
  await server.close();
  t.pass('the server ends');
});
