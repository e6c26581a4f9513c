import type { OutgoingHttpHeaders } from 'node:http';
import t from 'tap';
import { ask, change, enter, login, serve } from '../../support/web-client.ts';
import { webDouble } from '../../support/web-double.ts';
import { look, types } from '../../support/web-stream.ts';
import { ANNA, REF } from '../../support/web-users.ts';

t.setTimeout(110_000);

t.test('nothing that another site makes a browser send is taken', async (t) => {
  const double = webDouble();
  const { url } = await serve(t, double, [ANNA]);
  const anna = await enter(url, 'anna');
  const bad: readonly (readonly [OutgoingHttpHeaders, number])[] = [
    [{ 'x-csrf-token': '' }, 403],
    [{ 'x-csrf-token': 'x'.repeat(43) }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'content-type': 'text/plain' }, 415],
    [{ cookie: '' }, 401],
  ];
  for (const [headers, status] of bad)
    t.match(
      await change(url, { ...anna, ...headers }),
      { status },
      JSON.stringify(headers),
    );
  const foreign = { origin: 'https://evil.example' };
  t.match(await login(url, 'anna', 'hunter2', foreign), { status: 403 });
  t.same(double.orders, []);
  const own = { ...anna, origin: url, 'sec-fetch-site': 'same-origin' };
  t.match(await change(url, own), { status: 200 });
});

t.test('what is wrong with a change is said', async (t) => {
  const double = webDouble();
  const { url } = await serve(t, double);
  const visit = await enter(url);
  const bad: readonly (readonly [unknown, number, string])[] = [
    ['{', 400, 'no JSON'],
    [[], 400, 'expected an object'],
    [REF, 400, 'expected weight or state'],
    [{ ...REF, weight: 65_536 }, 400, 'expected a weight: 0 to 65535'],
    [{ ...REF, weight: 1.5 }, 400, 'expected a weight'],
    [{ ...REF, weight: '5' }, 400, 'expected a weight'],
    [{ ...REF, state: 'off' }, 400, 'expected a state'],
    [{ ...REF, weight: 1, who: 1 }, 400, 'unknown field'],
    [{ real: REF.real, weight: 1 }, 400, 'expected service as text'],
    [
      { ...REF, real: '10.9.9.9:80', weight: 1 },
      404,
      'there is no real server 10.9.9.9:80',
    ],
    [`"${'x'.repeat(5000)}"`, 413, 'more than 4096 bytes'],
  ];
  for (const [body, status, error] of bad) {
    const reply = await change(url, visit, body);
    t.match([reply.status, JSON.parse(reply.text).error], [status, error]);
  }
  for (const withinSeconds of [-1, 86_401, '5', undefined])
    t.match(
      await ask(url, '/api/drain', {
        method: 'POST',
        headers: visit,
        body: { ...REF, withinSeconds },
      }),
      { status: 400 },
    );
  t.match(await ask(url, '/api/none', { headers: visit }), { status: 404 });
  t.match(await ask(url, '/api/checks', { headers: visit }), { status: 404 });
  t.same(double.orders, []);
});

t.test('a drain answers at once, and all hear of its end', async (t) => {
  const double = webDouble();
  const { url } = await serve(t, double);
  const visit = await enter(url);
  const { until, messages } = await look(t, url, visit);
  await until((them) => them.length > 0);
  const drain = (real: string, withinSeconds: number) =>
    ask(url, '/api/drain', {
      method: 'POST',
      headers: visit,
      body: { ...REF, real, withinSeconds },
    });
  t.match(await drain('10.9.9.9:80', 1), { status: 404 });
  const began = performance.now();
  t.match(await drain(REF.real, 5), { status: 202, text: '"before":null' });
  t.ok(performance.now() - began < 4_500, 'before it is empty');
  await until((them) => types(them).includes('drained'));
  const drained = (problem: string | null) => ({
    type: 'drained',
    drained: { ...REF, problem },
  });
  t.match(
    messages.find(({ type }) => type === 'drained'),
    drained(null),
  );
  await drain(REF.real, 60);
  await change(url, visit, { ...REF, state: 'ready' });
  await until((them) => them.filter(({ type }) => type === 'drained').length === 2);
  t.match(
    messages.findLast(({ type }) => type === 'drained'),
    drained('it was changed meanwhile'),
  );
});
