import t from 'tap';
import { client, director } from '../support/live-director.ts';
import { collect, until } from '../support/site.ts';

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
  let told = '';
  following.stdout?.on('data', (text) => (told += text));
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
  await until(() => /"to": ?"drain"/.test(told), 'the event');
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
