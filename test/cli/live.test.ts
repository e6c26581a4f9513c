import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import t, { type Test } from 'tap';
import { PROGRAM } from '../support/l4director.ts';
import { lab } from '../support/lab.ts';
import { lowPort } from '../support/low-port.ts';
import { collect, Site, until } from '../support/site.ts';
import { Screen } from '../support/tmux.ts';

/** A real server that says nothing and keeps every connection. */
async function holder(t: Test): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A director of two real servers, which runs. */
async function director(t: Test) {
  const [one, two, port] = [await holder(t), await holder(t), await lowPort()];
  const site = new Site(
    t,
    `checkinterval=1
quiescent=yes
logfile="LOG"
virtual=127.0.0.1:${port}
\treal=127.0.0.1:${one} masq 1
\treal=127.0.0.1:${two} masq 1
\tchecktype=connect
\tprotocol=tcp
\tscheduler=rr
`,
  );
  const { code, stderr } = await site.run('start');
  t.same([code, stderr], [0, '']);
  const act = (...words: string[]) => site.call(site.config, ...words);
  await act('wait', '--for', 'up');
  return { site, act, port, one: `127.0.0.1:${one}`, two: `127.0.0.1:${two}` };
}

/** A client's connection. */
async function client(t: Test, port: number) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

t.test('a drain waits for its connections, and ends them in time', async (t) => {
  const { site, act, port, one, two } = await director(t);
  const clients = [await client(t, port), await client(t, port)];
  const open = async (real: string) => {
    const { services } = JSON.parse((await act('show', '--json')).stdout);
    const found = services[0].reals.find(({ id }: { id: string }) => id === real);
    return found.activeConnections;
  };
  await until(async () => (await open(one)) === 1 && (await open(two)) === 1, 'both');
  const following = site.spawn(site.config, 'events', '-f', '--json');
  const heard = collect(following);
  const draining = act('drain', one, '--within', '2');
  const ended = Promise.race(
    clients.map((socket) => new Promise((resolve) => socket.on('close', resolve))),
  );
  const { code, stdout, stderr } = await draining;
  t.equal(code, 0, stderr);
  t.match(
    stdout,
    /: empty after \ds \(1 connection had to be ended\); it stays in drain/,
  );
  t.match(stderr, new RegExp(`^${one}: 1 connection left, \\ds for them$`, 'm'));
  await ended;
  t.same([await open(one), await open(two)], [0, 1]);
  const waited = await act('wait', '--for', 'down', one, '--timeout', '20');
  t.equal(waited.stdout, `tcp:127.0.0.1:${port}/${one} is drain\n`);
  t.equal((await act('enable', one)).code, 0);
  t.equal((await act('wait', '--for', 'up', one)).code, 0);
  following.kill('SIGINT');
  const events = (await heard).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.ok(
    events.some(
      ({ type, real, to }) => type === 'real' && real === one && to === 'drain',
    ),
  );
  t.equal((await act('stop')).code, 0);
});

t.test('weights and words of it', async (t) => {
  const { act, one, port } = await director(t);
  t.equal(
    (await act('weight', one, '5')).stdout,
    `${one} in tcp:127.0.0.1:${port}: weight 5 (was 1)\n`,
  );
  t.match((await act('weight', one)).stdout, /: weight 5, in the file 1, set to 5 by /);
  const listed = (await act('events')).stdout;
  t.match(listed, `tcp:127.0.0.1:${port}/${one} weight 1 -> 5 by `);
  t.equal((await act('disable', one)).code, 0);
  t.equal((await act('wait', '--for', 'down', one)).code, 0);
  await act('stop');
});

t.test('top drains and weighs on a director at work', lab('tmux'), async (t) => {
  const { site, act, port, one, two } = await director(t);
  const words = [PROGRAM, '--runtime-dir', site.runtimeDir, site.config, 'top'];
  const screen = new Screen(t, [process.execPath, ...words], { columns: 120 });
  await screen.shows(new RegExp(`^> tcp:127\\.0\\.0\\.1:${port} +up `, 'm'));
  await client(t, port);
  await screen.shows(/^ {4}127\.0\.0\.1:\d+ +up +1 +1 /m);
  screen.press('Down', 'd');
  await screen.shows(new RegExp(`^drain ${one}\\? y/n$`, 'm'));
  screen.press('y');
  await screen.shows(new RegExp(`^> {3}${one} +drain +0/1 +\\d `, 'm'));
  screen.press('Down', '+', '+');
  await screen.shows(new RegExp(`^weight ${two} 1 -> 3\\? y/n$`, 'm'));
  screen.press('y');
  await screen.shows(new RegExp(`^> {3}${two} +up +3/1 `, 'm'));
  t.match((await act('weight', two)).stdout, ': weight 3, in the file 1');
  screen.press('Up', 'e');
  await screen.shows(/^enable /m);
  screen.press('y');
  await screen.shows(new RegExp(`^> {3}${one} +up +1 `, 'm'));
  await act('stop');
  await screen.shows(/^NO ANSWER/m);
  await act('start');
  await screen.shows(/another director answers: pid \d+/);
  await screen.shows(new RegExp(`${two} +up +3/1 `, 'm'));
  t.pass('the weight outlived the restart');
  await act('stop');
});
