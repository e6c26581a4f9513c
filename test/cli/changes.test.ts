import t, { type Test } from 'tap';
import { FakeDirector } from '../support/fake-director.ts';
import { runAction, startAction } from '../support/l4director.ts';
import { collect, until } from '../support/site.ts';
import { realStatus, serviceStatus, statusDocument } from '../support/status.ts';

const WEB = 'tcp:10.1.1.19:80';
const MAIL = 'tcp:10.1.1.19:25';
const ONE = '10.1.1.21:80';

function site(t: Test): Promise<FakeDirector> {
  const both = [realStatus(), realStatus({ id: '10.1.1.22:80', address: '10.1.1.22' })];
  const shared = realStatus({ id: '10.1.1.22:80', address: '10.1.1.22' });
  const six = realStatus({ id: '[2001:db8::1]:25', address: '2001:db8::1' });
  return FakeDirector.open(
    t,
    statusDocument({
      services: [
        serviceStatus({ reals: both }),
        serviceStatus({ id: MAIL, reals: [shared, six] }),
      ],
    }),
  );
}

t.test('a weight is shown, set, and given back to the file', async (t) => {
  const director = await site(t);
  const run = (...words: string[]) => runAction(director.folder, 'weight', ...words);
  t.same(await run(ONE), {
    code: 0,
    stdout: `${ONE} in ${WEB}: weight 1, in the file 1\n`,
    stderr: '',
  });
  t.equal((await run(ONE, '5')).stdout, `${ONE} in ${WEB}: weight 5 (was 1)\n`);
  t.equal(
    (await run('1.21')).stdout,
    `${ONE} in ${WEB}: weight 5, in the file 1, set to 5 by uid 0 (root)\n`,
  );
  const asJson = JSON.parse((await run(ONE, 'file', '--json')).stdout);
  t.match(asJson, { service: WEB, real: ONE, before: { weight: 5 }, after: null });
  t.same(director.bodies, [{ weight: 5 }, { weight: null }]);
});

t.test('a name that could be several lists them, one that is none too', async (t) => {
  const director = await site(t);
  const weight = (...words: string[]) => runAction(director.folder, 'weight', ...words);
  const unsure = await weight('10.1.1.22:80', '3');
  t.equal(unsure.code, 1);
  t.equal(
    unsure.stderr,
    `10.1.1.22:80 could be any of these; name one: ${WEB}/10.1.1.22:80, ${MAIL}/10.1.1.22:80\n`,
  );
  t.match((await weight('9.9', '3')).stderr, /^no real server 9\.9; there is: /);
  t.same(director.bodies, []);
  t.equal((await weight(`${MAIL}/10.1.1.22:80`, '3')).code, 0);
  t.equal((await weight(':25/db8', '3')).code, 0);
  t.same(
    director.requests.filter((asked) => asked.startsWith('PATCH')),
    [
      `PATCH /v1/services/${MAIL}/reals/10.1.1.22:80`,
      `PATCH /v1/services/${MAIL}/reals/[2001:db8::1]:25`,
    ],
  );
});

t.test('wrong usage is told, and exits 255', async (t) => {
  const { folder } = await site(t);
  for (const words of [
    ['weight'],
    ['drain'],
    ['enable', 'a', 'b'],
    ['wait', 'a', 'b'],
  ]) {
    const { code, stderr } = await runAction(folder, ...words);
    t.equal(code, 255, words.join(' '));
    t.match(stderr, `Usage: l4director [configfile] ${words[0]} `);
  }
  const heavy = await runAction(folder, 'weight', ONE, '70000');
  t.same([heavy.code, heavy.stdout], [255, '']);
  t.match(heavy.stderr, 'expected a whole number, 0 to 65535, or file, as in "5"');
  const soon = await runAction(folder, 'drain', ONE, '--within', 'soon');
  t.equal(soon.code, 255);
  t.match(soon.stderr, /^--within soon: expected a time/);
});

t.test('without a director there is one line, and exit 1', async (t) => {
  const director = await site(t);
  await director.stop();
  for (const words of [
    ['weight', ONE, '3'],
    ['drain', ONE],
    ['events'],
    ['disable', ONE],
  ]) {
    const { code, stderr, stdout } = await runAction(director.folder, ...words);
    t.same([code, stdout], [1, ''], words.join(' '));
    t.match(stderr, /^no director is running: nobody listens on \S+\n$/);
  }
});

t.test('disable and enable', async (t) => {
  const director = await site(t);
  const run = async (...words: string[]) =>
    (await runAction(director.folder, ...words)).stdout;
  t.equal(await run('disable', ONE), `${ONE} in ${WEB}: maintenance (was ready)\n`);
  await run('weight', ONE, '4');
  t.equal(
    await run('enable', ONE),
    `${ONE} in ${WEB}: ready (was maintenance); its weight stays 4\n`,
  );
});

t.test('a drain says how far it is, and ends when it is empty', async (t) => {
  const director = await site(t);
  const child = startAction(director.folder, 'drain', ONE, '--within', '90');
  const outcome = collect(child);
  let told = '';
  child.stderr?.on('data', (piece) => (told += piece));
  await until(() => told.includes('\n'), 'a line of progress');
  t.match(told, /^10\.1\.1\.21:80: 4 connections left, 1m \d+s for them\n$/);
  director.setReal(WEB, ONE, { activeConnections: 0, inactiveConnections: 0 });
  const { code, stdout } = await outcome;
  t.equal(code, 0);
  t.equal(
    stdout,
    `${ONE} in ${WEB}: empty after 3s (1 connection had to be ended, 2 clients forgotten); it stays in drain\n`,
  );
  const [order, ...others] = director.bodies as { withinSeconds: number }[];
  t.ok(order && [89, 90].includes(order.withinSeconds));
  t.same(others, []);
});

t.test('a drain that meets an upgrade goes on at the successor', async (t) => {
  const director = await site(t);
  const outcome = collect(startAction(director.folder, 'drain', ONE, '--within', '90'));
  await until(() => director.bodies.length === 1, 'the order');
  await director.succeed(4712);
  await until(() => director.bodies.length === 2, 'the order to the successor');
  director.setReal(WEB, ONE, { activeConnections: 0, inactiveConnections: 0 });
  t.match(await outcome, {
    code: 0,
    stdout: /: empty after \d+s .*; it stays in drain\n$/,
  });
  const [, again] = director.bodies as { withinSeconds: number }[];
  t.ok(again && again.withinSeconds > 0 && again.withinSeconds <= 90, 'what is left');
});

t.test('a drain that somebody takes back meanwhile is not ordered again', async (t) => {
  const director = await site(t);
  const outcome = collect(startAction(director.folder, 'drain', ONE));
  await until(() => director.bodies.length === 1, 'the order');
  director.setReal(WEB, ONE, { state: 'up', override: null });
  await director.succeed(4712);
  const { code, stderr } = await outcome;
  t.equal(code, 1);
  t.match(stderr, /^10\.1\.1\.21:80: the director has handed over$/m);
  t.equal(director.bodies.length, 1);
});

t.test('Ctrl-C ends the wait, and the server stays in drain', async (t) => {
  const director = await site(t);
  const child = startAction(director.folder, 'drain', ONE);
  const outcome = collect(child);
  await until(() => director.bodies.length > 0, 'the order');
  child.kill('SIGINT');
  const { code, stdout, stderr } = await outcome;
  t.same([code, stdout], [130, '']);
  const folder = director.folder;
  const last = stderr.trim().split('\n').at(-1) ?? '';
  t.match(last, `${ONE} in ${WEB} stays in drain; what is left in 9m `);
  t.match(
    last,
    `Back with: l4director --runtime-dir ${folder} x.cf enable ${WEB}/${ONE}`,
  );
  t.equal(director.document.services[0]?.reals[0]?.state, 'drain');
});
