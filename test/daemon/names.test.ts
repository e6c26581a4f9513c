import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { lab } from '../support/lab.ts';
import { startNameServer } from '../support/name-server.ts';
import { LARGE, stage, webs } from '../support/names-stage.ts';
import { until } from '../support/site.ts';

const NEEDS = lab('root', 'named');

t.test('servers come with their records, and go with them', NEEDS, async (t) => {
  const { port, taken } = await webs(t, 3);
  const dns = await startNameServer(t, ['www 1 A 127.0.0.2']);
  const { site, virtual, has, get, status } = await stage(
    t,
    dns,
    `www.lab.test:${port} masq`,
  );
  t.same(await site.run('start'), { code: 0, stdout: '', stderr: '' });
  await has('127.0.0.2');
  t.equal(await get(), '127.0.0.2');

  dns.serve(['www 1 A 127.0.0.3', 'www 1 A 127.0.0.2']);
  const began = performance.now();
  await has('127.0.0.2', '127.0.0.3');
  t.comment(`in after ${Math.round(performance.now() - began)} ms`);
  await site.logged(/Name www\.lab\.test \(A\) now names 127\.0\.0\.3\n/);

  const socket = connect(virtual, '127.0.0.1');
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
  });
  const ended = once(socket, 'close');
  socket.write('GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const [head] = await once(socket, 'data');
  const [, busy = ''] = /^x-who: (\S+)/im.exec(String(head)) ?? [];
  const other = busy === '127.0.0.3' ? '127.0.0.2' : '127.0.0.3';

  dns.serve([`www 1 A ${other}`]);
  await has(other);
  // What the status tells is decided; the engine follows a moment later. They take turns, so two in a row say so.
  await until(
    async () => (await get()) === other && (await get()) === other,
    'the engine',
  );
  const atThatMoment = taken.get(busy);
  for (let n = 0; n < 40; n++) t.equal(await get(), other);
  await ended;
  t.equal(taken.get(busy), atThatMoment, 'it got no connection any more');
  t.ok(bytes > LARGE, `what was open ended whole (${bytes} bytes)`);
  await site.logged(new RegExp(`\\(A\\) no longer names ${busy}\\n`));

  const { names, services } = await status();
  t.match(names, [
    { name: 'www.lab.test', type: 'A', records: [other], missing: [], problem: null },
  ]);
  t.equal(services[0]?.reals[0]?.from, 'www.lab.test');
});

t.test('a name server that has died takes nobody with it', NEEDS, async (t) => {
  const { port } = await webs(t, 2);
  const dns = await startNameServer(t, ['www 1 A 127.0.0.2', 'www 1 A 127.0.0.3']);
  const { site, has, get, status } = await stage(
    t,
    dns,
    `www.lab.test:${port} masq`,
    'timeout = 500ms',
  );
  await site.run('start');
  await has('127.0.0.2', '127.0.0.3');
  await dns.kill();
  await until(
    async () => ((await status()).names[0]?.failures ?? 0) > 1,
    'questions that fail',
  );
  await has('127.0.0.2', '127.0.0.3');
  t.match((await status()).names[0]?.problem, /REFUSED.*; its last servers are kept/);
  t.equal(site.logText.split('its last servers are kept').length, 2, 'told once');

  t.match(await site.run('stop'), { code: 0 });
  const began = performance.now();
  t.match(await site.run('start'), { code: 0 });
  t.comment(`started within ${Math.round(performance.now() - began)} ms`);
  await has('127.0.0.2', '127.0.0.3');
  t.match(await get(), /^127/);
});

t.test('SRV records bring ports and weights', NEEDS, async (t) => {
  const { port } = await webs(t, 3);
  const records = (weights: readonly number[], rest: readonly string[] = []) => [
    ...weights.map((weight, n) => `_http._tcp 1 SRV 10 ${weight} ${port} web${n + 2}`),
    ...['web2 1 A 127.0.0.2', 'web3 1 A 127.0.0.3', 'web4 1 A 127.0.0.4'],
    ...rest,
  ];
  const dns = await startNameServer(
    t,
    records([3, 1], [`_http._tcp 1 SRV 20 100 ${port} web4`]),
  );
  const { site, has, shares, status } = await stage(t, dns, '_http._tcp.lab.test masq');
  await site.run('start');
  await has('127.0.0.2', '127.0.0.3');
  t.same(await shares(40), { '127.0.0.2': 30, '127.0.0.3': 10 });
  dns.serve(records([1, 1, 2]));
  await has('127.0.0.2', '127.0.0.3', '127.0.0.4');
  t.same(await shares(40), { '127.0.0.2': 10, '127.0.0.3': 10, '127.0.0.4': 20 });
  const names = (await status()).names.map(({ type, name }) => `${type} ${name}`);
  t.same(names.toSorted(), [
    'A web2.lab.test',
    'A web3.lab.test',
    'A web4.lab.test',
    'SRV _http._tcp.lab.test',
  ]);
});

t.test('a name that is emptied keeps its servers, or loses them', NEEDS, async (t) => {
  const { port } = await webs(t, 1);
  for (const empty of ['keep', 'remove']) {
    const dns = await startNameServer(t, ['www 1 A 127.0.0.2']);
    const { site, has, status } = await stage(
      t,
      dns,
      `www.lab.test:${port} masq`,
      `empty = ${empty}`,
    );
    await site.run('start');
    await has('127.0.0.2');
    dns.serve([]);
    await until(async () => (await status()).names[0]?.problem !== null, 'a problem');
    t.match((await status()).names[0]?.problem, /^there is no such name/);
    await has(...(empty === 'keep' ? ['127.0.0.2'] : []));
    await site.run('stop');
  }
});

t.test('a longer answer than a datagram holds comes over TCP', NEEDS, async (t) => {
  const addresses = Array.from({ length: 100 }, (_, n) => `127.1.0.${n + 1}`);
  const dns = await startNameServer(
    t,
    addresses.map((address) => `many 1 A ${address}`),
  );
  const { site, status } = await stage(
    t,
    dns,
    'many.lab.test:80 masq',
    'max-servers = 80',
  );
  await site.run('start');
  const document = await status();
  t.equal(document.services[0]?.reals.length, 80);
  t.match(document.names[0]?.problem, /^it has 100 servers, and 80 are taken/);
});
