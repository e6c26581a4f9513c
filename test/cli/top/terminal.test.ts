import t from 'tap';
import { FakeDirector } from '../../support/fake-director.ts';
import { runAction } from '../../support/l4director.ts';
import { lab } from '../../support/lab.ts';
import { until } from '../../support/site.ts';
import { realStatus, serviceStatus, statusDocument } from '../../support/status.ts';
import { givenBack, topOf } from '../../support/top.ts';

t.test('a change asks once, is made, and is seen', lab('tmux'), async (t) => {
  const director = await FakeDirector.open(t, statusDocument());
  const screen = await topOf(t, director);
  t.ok(screen.alternate());
  t.notOk(screen.cursor());
  screen.press('Down', 'd');
  await screen.shows(/^drain 10\.1\.1\.21:80\? y\/n$/m);
  screen.press('n');
  await screen.shows(/^nothing changed$/m);
  t.same(director.bodies, []);
  screen.press('d');
  await screen.shows(/\? y\/n$/m);
  screen.press('y');
  await screen.shows(/^drain 10\.1\.1\.21:80: done$/m);
  await screen.shows(/^> {3}10\.1\.1\.21:80 +drain +0\/1 /m);
  screen.press('Down', '+', '+');
  await screen.shows(/^weight 10\.1\.1\.22:80 1 -> 3\? y\/n$/m);
  screen.press('y');
  await screen.shows(/^> {3}10\.1\.1\.22:80 +up +3\/1 /m);
  t.same(director.bodies, [{ state: 'drain' }, { weight: 3 }]);
  director.document = { ...director.document, services: [] };
  await screen.shows(/no virtual service is configured/);
  screen.press('q');
  await givenBack(screen, t, 0);
});

t.test(
  'it says that the director is lost, and that it is back',
  lab('tmux'),
  async (t) => {
    const director = await FakeDirector.open(t, statusDocument());
    const screen = await topOf(t, director);
    await director.stop();
    await screen.shows(/^NO ANSWER for \d+s, trying again: no director is running/m);
    await screen.shows(/10\.1\.1\.21:80 +up/);
    screen.press('Down', 'm');
    await screen.shows(/\? y\/n$/m);
    screen.press('y');
    await screen.shows(/^maintenance 10\.1\.1\.21:80: no director is running/m);
    await director.start();
    await screen.shows(/^the director answers again$/m);
    t.notMatch(screen.text(), 'NO ANSWER');
    await director.restart(4_712);
    await screen.shows(/^another director answers: pid 4712$/m);
  },
);

t.test('it takes the size that the terminal has', lab('tmux'), async (t) => {
  const services = Array.from({ length: 100 }, (_, s) =>
    serviceStatus({
      id: `tcp:10.1.${s}.1:80`,
      reals: Array.from({ length: 20 }, (_, r) =>
        realStatus({ id: `10.2.${s}.${r}:80` }),
      ),
    }),
  );
  const director = await FakeDirector.open(t, statusDocument({ services }));
  const screen = await topOf(t, director, { env: { NO_COLOR: '1' } });
  t.match(screen.text(), /^100 services, 2000 real servers: 2000 up/m);
  screen.press('End');
  await screen.shows(/^> {3}10\.2\.99\.19:80 /m);
  screen.resize(200, 60);
  await screen.shows(/ NOTE$/m);
  await screen.shows(/^> {3}10\.2\.99\.19:80 .* negotiate http 3 ms: 200 OK$/m);
  t.equal(screen.text().match(/^[> ] {3}10\.2\.99\.\d+:80 /gm)?.length, 20);
  screen.type('/');
  await screen.shows(/^filter: _/m);
  screen.type('10.2.7.');
  screen.press('Enter');
  await screen.shows(/^> {3}10\.2\.7\.\d+:80 .*$/m);
  await until(() => !screen.text().includes('10.2.99.'), 'nothing else');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  t.notMatch(screen.coloured(), /\u001b\[3[0-7]m/, 'NO_COLOR');
  screen.resize(80, 24);
  await screen.shows(/^> {3}10\.2\.7\.\d+:80 +up +1 /m);
});

t.test('elsewhere than on a terminal it says what to do', async (t) => {
  const director = await FakeDirector.open(t, statusDocument());
  t.same(await runAction(director.folder, 'top'), {
    code: 1,
    stdout: '',
    stderr: 'top: expected a terminal; show prints the same once\n',
  });
});
