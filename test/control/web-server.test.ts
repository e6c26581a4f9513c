import { once } from 'node:events';
import {
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { WebUser } from '../../lib/config/web.ts';
import type { Message, SessionInfo } from '../../lib/control/web/wire.ts';
import { testAuthority } from '../support/certificates.ts';
import {
  HUNTER2,
  serveDouble,
  type WebDouble,
  webDouble,
} from '../support/web-double.ts';

t.setTimeout(110_000);

const ANNA: WebUser = {
  name: 'anna',
  password: HUNTER2,
  role: 'admin',
};
const BERT: WebUser = { ...ANNA, name: 'bert', role: 'read-only' };
const REF = { service: 'tcp:10.1.1.19:80', real: '10.1.1.21:80' };

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

interface Asking {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: OutgoingHttpHeaders;
}

/** One request; a body is sent as JSON unless it is text. */
async function ask(
  url: string,
  path: string,
  { method = 'GET', body, headers = {} }: Asking = {},
): Promise<Reply> {
  const request = url.startsWith('https') ? httpsRequest : httpRequest;
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const asking = request(`${url}${path}`, {
    method,
    agent: false,
    rejectUnauthorized: false,
    headers: { ...json, ...headers },
  });
  asking.end(
    typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  );
  const [response]: IncomingMessage[] = await once(asking, 'response');
  if (!response) throw new Error('no response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

async function serve(t: Test, double: WebDouble, users: readonly WebUser[] = []) {
  const served = await serveDouble(double, { users });
  t.teardown(() => served.web.close());
  return served;
}

/** What a request of a session carries. */
async function enter(
  url: string,
  user?: string,
): Promise<OutgoingHttpHeaders & { cookie: string }> {
  const reply =
    user === undefined
      ? await ask(url, '/api/session')
      : await ask(url, '/api/login', {
          method: 'POST',
          body: { user, password: 'hunter2' },
        });
  const info: SessionInfo = JSON.parse(reply.text);
  const [cookie = ''] = reply.headers['set-cookie'] ?? [];
  return { cookie: cookie.split(';')[0] ?? '', 'x-csrf-token': info.csrf };
}

const login = (
  url: string,
  user: string,
  password: string,
  headers: OutgoingHttpHeaders = {},
) => ask(url, '/api/login', { method: 'POST', body: { user, password }, headers });
const change = (
  url: string,
  headers: OutgoingHttpHeaders,
  body: unknown = { ...REF, weight: 5 },
) => ask(url, '/api/real', { method: 'PATCH', body, headers });

t.test('the page and all it needs come from here, and from nowhere else', async (t) => {
  const { url } = await serve(t, webDouble());
  const page = await ask(url, '/');
  t.match(page, {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
  const paths = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, path = '']) => path,
  );
  t.ok(paths.includes('/main.js') && paths.includes('/page.css'));
  for (const path of paths) {
    const { status, headers, text } = await ask(url, path);
    t.equal(status, 200, path);
    t.match(
      headers['content-security-policy'],
      "default-src 'none'; script-src 'self'",
    );
    t.notMatch(headers['content-security-policy'], 'unsafe');
    t.match(headers, {
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    t.notMatch(
      text,
      /\bhttps?:\/\/(?!www\.w3\.org\/2000\/svg)/,
      `${path} names no host`,
    );
    const again = await ask(url, path, {
      headers: { 'if-none-match': headers.etag },
    });
    t.match([again.status, again.text], [304, '']);
  }
  t.notMatch(page.text, /<script>|<style|style=|onclick=/);
  t.match(await ask(url, '/main.js.map'), { status: 404 });
  t.match(await ask(url, '/../wire.js'), { status: 404 });
});

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

t.test('without users no name of another site leads here', async (t) => {
  const { url, web } = await serve(t, webDouble());
  for (const host of [
    'evil.example',
    `evil.example:${web.port}`,
    '10.1.1.1',
    '127.0.0.1.evil.example',
  ])
    t.match(await ask(url, '/api/session', { headers: { host } }), {
      status: 421,
    });
  for (const host of [
    'localhost',
    `localhost:${web.port}`,
    '127.0.0.1:1',
    '[::1]:9080',
  ])
    t.match(await ask(url, '/api/session', { headers: { host } }), { status: 200 });
});

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

/** An open stream and what has come of it. */
async function look(t: Test, url: string, headers: OutgoingHttpHeaders) {
  const asking = httpRequest(`${url}/api/live`, { headers, agent: false }).end();
  const [response]: IncomingMessage[] = await once(asking, 'response');
  if (!response) throw new Error('no response');
  t.teardown(() => response.destroy());
  const messages: Message[] = [];
  const pieces: string[] = [];
  response.setEncoding('utf8').on('data', (piece: string) => {
    pieces.push(piece);
    if (!piece.endsWith('\n')) return;
    const whole = pieces.splice(0).join('').split('\n\n');
    pieces.push(whole.pop() ?? '');
    for (const one of whole)
      if (one.startsWith('data: ')) messages.push(JSON.parse(one.slice(6)));
  });
  const ended = new Promise((resolve) => response.on('close', resolve));
  const until = async (what: (messages: readonly Message[]) => boolean) => {
    for (const end = performance.now() + 10_000; !what(messages); await sleep(20))
      if (performance.now() > end)
        throw new Error(`not: ${JSON.stringify(messages).slice(0, 500)}`);
  };
  return { response, messages, ended, until };
}

const types = (messages: readonly Message[]) => messages.map(({ type }) => type);

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
    await one?.until((them) => JSON.stringify(them.at(-1)).includes('99'));
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
  t.match(await drain(REF.real, 1), { status: 202, text: '"before":null' });
  t.ok(performance.now() - began < 900, 'before it is empty');
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

t.test('rubbish and the idle are sent away', async (t) => {
  const { web } = await serve(t, webDouble());
  const say = async (text: string) => {
    const socket = connect(web.port, '127.0.0.1');
    let said = '';
    socket.on('data', (piece) => (said += piece)).on('error', () => undefined);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const began = performance.now();
    socket.write(text);
    await closed;
    return { said, seconds: (performance.now() - began) / 1000 };
  };
  t.match(await say('EHLO x\r\n\r\n'), { said: /^HTTP\/1.1 400 / });
  t.match(await say(`GET / HTTP/1.1\r\nx: ${'y'.repeat(9000)}\r\n\r\n`), {
    said: /^HTTP\/1.1 431 /,
  });
  const slow = await say('GET / HTTP/1.1\r\nHost: localhost\r\n');
  t.ok(
    slow.seconds > 8 && slow.seconds < 14,
    `headers have ${slow.seconds.toFixed(1)} s`,
  );
});
