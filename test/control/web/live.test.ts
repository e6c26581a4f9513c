import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { ask, enter, serve } from '../../support/web-client.ts';
import { webDouble } from '../../support/web-double.ts';
import { look, types } from '../../support/web-stream.ts';
import { ANNA, BERT, REF } from '../../support/web-users.ts';

t.setTimeout(110_000);

t.test(
  'all who look share one collection a second, of which they hear what changed',
  async (t) => {
    const double = webDouble();
    const { url } = await serve(t, double);
    await sleep(1200);
    t.equal(double.collected, 0, 'nobody looks');
    const visit = await enter(url);
    const all = await Promise.all([1, 2, 3, 4].map(() => look(t, url, visit)));
    await Promise.all(all.map(({ until }) => until((them) => them.length >= 2)));
    t.ok(double.collected <= 3, `${double.collected} collections`);
    for (const { messages } of all) t.match(types(messages), ['picture', 'changes']);
    double.set(REF, { activeConnections: 99 });
    const [one] = all;
    await one?.until((them) =>
      JSON.stringify(them.at(-1)).includes('"activeConnections":99'),
    );
    const last = one?.messages.at(-1);
    if (last?.type !== 'changes') throw new Error('no changes');
    const { t: _, ...changes } = last.changes;
    t.strictSame(changes, {
      head: {},
      services: {},
      reals: { [REF.service]: { [REF.real]: { activeConnections: 99 } } },
    });
    double.happen({ type: 'reload', ok: false, reason: 'broken' });
    await one?.until((them) => types(them).includes('event'));
    double.setHead({ services: [] });
    await one?.until((them) => types(them).at(-1) === 'picture');
    for (const { response } of all) response.destroy();
    await sleep(1500);
    const after = double.collected;
    await sleep(1200);
    t.equal(double.collected, after, 'nobody looks any more');
  },
);

t.test(
  'a director that does not answer is told of, and when it does again',
  async (t) => {
    const double = webDouble();
    let fails = true;
    double.before = () => {
      if (fails) throw new Error('engine is gone');
    };
    const { url } = await serve(t, double);
    const { until, messages } = await look(t, url, await enter(url));
    await until((them) => them.length > 0);
    t.strictSame(messages[0], { type: 'trouble', message: 'engine is gone' });
    fails = false;
    await until((them) => types(them).at(-1) === 'picture');
  },
);

t.test('checks of a director that does not answer are refused in time', async (t) => {
  const double = webDouble();
  const { url, log } = await serve(t, double);
  const visit = await enter(url);
  double.status = () => new Promise(() => {});
  const query = new URLSearchParams({ ...REF });
  const reply = await ask(url, `/api/checks?${query}`, { headers: visit });
  t.match(reply, { status: 503, text: /no answer from the director within 8 s/ });
  t.same(log.lines, []);
});

t.test('the stream ends with the session, and with the page', async (t) => {
  const { url, web } = await serve(t, webDouble(), [ANNA, BERT]);
  const [anna, bert] = [
    await look(t, url, await enter(url, 'anna')),
    await look(t, url, await enter(url, 'bert')),
  ];
  await anna.until((them) => them.length > 0);
  web.users([BERT]);
  await anna.ended;
  const before = bert.messages.length;
  await bert.until((them) => them.length > before);
  await web.close();
  await bert.ended;
  await web.close();
});

t.test(
  'a viewer that does not read costs nobody, and gets a whole picture later',
  async (t) => {
    const double = webDouble();
    const large = 'x'.repeat(16 << 20);
    double.setHead({ config: large });
    const { url } = await serve(t, double);
    const visit = await enter(url);
    const [slow, fast] = [await look(t, url, visit), await look(t, url, visit)];
    slow.response.pause();
    await fast.until((them) => them.length >= 3);
    double.happen({ type: 'reload', ok: true, reason: null });
    t.ok(slow.messages.length <= 1);
    slow.response.resume();
    await slow.until(
      (them) => types(them).filter((type) => type === 'picture').length === 2,
    );
  },
);
