import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import t from 'tap';
import { testAuthority } from '../../support/certificates.ts';
import { ask, change, enter, login, serve } from '../../support/web-client.ts';
import { serveDouble, webDouble } from '../../support/web-double.ts';
import { ANNA, BERT, REF } from '../../support/web-users.ts';

t.setTimeout(110_000);

t.test(
  'without users whoever comes has a session, and each its own secret',
  async (t) => {
    const double = webDouble();
    const { url } = await serve(t, double);
    t.match(await ask(url, '/api/live'), { status: 401 }, 'first a session');
    const [one, two] = [await enter(url), await enter(url)];
    t.match(await change(url, one), { status: 200, text: '"before":null' });
    t.match(await change(url, { ...one, 'x-csrf-token': two['x-csrf-token'] }), {
      status: 403,
    });
    t.same(double.orders, ['page (no login): weight of 10.1.1.21:80: 1 -> 5']);
    const before = await change(url, one, { ...REF, state: 'drain' });
    t.match(JSON.parse(before.text), { ...REF, before: { state: 'ready', weight: 5 } });
  },
);

t.test('with users a password is needed, and only that of the user', async (t) => {
  const { url, log } = await serve(t, webDouble(), [ANNA, BERT]);
  t.match(await ask(url, '/api/session'), { status: 401 });
  t.match(await ask(url, '/api/checks?service=x&real=y'), { status: 401 });
  for (const [user, password] of [
    ['anna', 'hunter3'],
    ['otto', 'hunter2'],
    ['', 'x'],
    ['anna', ''],
  ])
    t.ok([400, 401].includes((await login(url, user ?? '', password ?? '')).status));
  const { status, headers, text } = await login(url, 'anna', 'hunter2');
  t.equal(status, 200);
  t.match(JSON.parse(text), { user: 'anna', mayChange: true });
  const [cookie] = headers['set-cookie'] ?? [];
  t.match(cookie, /^l4director-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  t.match(log.lines.join('\n'), 'Page: anna logged in from 127.0.0.1');
  t.match(log.lines.join('\n'), 'Page: login of anna from 127.0.0.1 refused');
  t.notMatch(
    log.lines.join('\n'),
    'otto',
    'nor what may be a password at the wrong place',
  );
  t.notMatch(log.lines.join('\n'), 'hunter');
});

t.test('passwords cannot be tried at will', async (t) => {
  const { url } = await serve(t, webDouble(), [ANNA]);
  const replies: number[] = [];
  for (let n = 0; n < 12; n++)
    replies.push((await login(url, 'anna', `no${n}`)).status);
  t.same(replies, [...Array(10).fill(401), 429, 429]);
  t.match(await login(url, 'anna', 'hunter2'), { status: 429 }, 'nor the right one');
});

t.test('many who log in at once wait, or are sent away', async (t) => {
  const { url } = await serve(t, webDouble(), [ANNA]);
  const all = await Promise.all(
    Array.from({ length: 10 }, () => login(url, 'anna', 'hunter2')),
  );
  const count = (status: number) =>
    all.filter((reply) => reply.status === status).length;
  t.ok(
    count(200) >= 8 && count(200) + count(503) === 10,
    `${count(200)} in, ${count(503)} away`,
  );
});

t.test('who may look only, looks only', async (t) => {
  const double = webDouble();
  const { url } = await serve(t, double, [ANNA, BERT]);
  const bert = await enter(url, 'bert');
  t.match(await change(url, bert), { status: 403, text: 'bert may look only' });
  t.match(
    await ask(url, '/api/drain', {
      method: 'POST',
      headers: bert,
      body: { ...REF, withinSeconds: 0 },
    }),
    { status: 403 },
  );
  const query = new URLSearchParams(REF);
  t.match(await ask(url, `/api/checks?${query}`, { headers: bert }), {
    status: 200,
    text: '503 Service',
  });
  t.same(double.orders, []);
  t.match(await ask(url, '/api/logout', { method: 'POST', headers: bert, body: {} }), {
    status: 200,
  });
  t.match(await ask(url, '/api/session', { headers: bert }), { status: 401 });
});

t.test(
  'with TLS the cookie is for TLS only, and a new certificate counts',
  async (t) => {
    const folder = t.testdir();
    const authority = testAuthority(folder);
    const [one, two] = ['one.example', 'two.example'].map((name) => {
      const { cert, key } = authority.issue(name);
      return { cert: Buffer.from(cert), key: Buffer.from(key) };
    });
    if (!one || !two) throw new Error('no certificates');
    const served = await serveDouble(webDouble(), { users: [ANNA], tls: one });
    t.teardown(() => served.web.close());
    const { headers } = await login(served.url, 'anna', 'hunter2');
    t.match(
      headers['set-cookie']?.[0],
      /^__Host-l4director-\d+=.*; Path=\/;.*; Secure/,
    );
    const subject = async () => {
      const asking = httpsRequest(served.url, {
        agent: false,
        rejectUnauthorized: false,
      }).end();
      const [response] = await once(asking, 'response');
      response.resume();
      return response.socket.getPeerCertificate().subject.CN;
    };
    t.equal(await subject(), 'one.example');
    served.web.identity(two);
    t.equal(await subject(), 'two.example');
  },
);

t.test('a reload ends the sessions of who is gone or may do less', async (t) => {
  const { url, web } = await serve(t, webDouble(), [ANNA, BERT]);
  const [anna, bert] = [await enter(url, 'anna'), await enter(url, 'bert')];
  web.users([ANNA, { ...BERT, role: 'admin' }]);
  t.match(await ask(url, '/api/session', { headers: anna }), { status: 200 });
  t.match(await ask(url, '/api/session', { headers: bert }), { status: 401 });
  web.users([]);
  t.match(await change(url, anna), { status: 401 });
});
