import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { hashPassword } from '../../lib/model/password.ts';
import { openBrowser, visit } from '../support/browser.ts';
import { lab } from '../support/lab.ts';
import { freePort, Site, until } from '../support/site.ts';

t.setTimeout(110_000);

/** Takes connections and holds them until the other side ends them. */
async function holdingServer(t: Test): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket
      .on('error', () => {})
      .on('close', () => open.delete(socket))
      .resume();
    socket.write('hello');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A client that has got its first bytes. */
async function client(t: Test, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  t.teardown(() => socket.destroy());
  await once(socket, 'data');
  return socket;
}

async function statusOf(port: number, path = '/'): Promise<number | undefined> {
  const asking = get({ port, path, agent: false });
  const [response] = await once(asking, 'response').catch(() => []);
  response?.resume();
  return response?.statusCode;
}

/** Two servers, one service, and a page; started. */
async function stage(t: Test) {
  const [one, two, virtual, page] = [
    await holdingServer(t),
    await holdingServer(t),
    await freePort(),
    await freePort(),
  ];
  const site = new Site(
    t,
    `checkinterval=1\nquiescent=yes\nlogfile="LOG"\nvirtual=127.0.0.1:${virtual}\n        real=127.0.0.1:${one} masq\n        real=127.0.0.1:${two} masq\n        checktype=connect\n        scheduler=rr\n        protocol=tcp\n`,
  );
  const ini = (text: string) => writeFileSync(`${site.config}.ini`, text);
  ini(`[web]\nlisten = 127.0.0.1:${page}\n`);
  t.equal((await site.run('start')).code, 0);
  return { site, ini, one, two, virtual, page };
}

t.test(
  'a server is drained on the page under load, until it is empty',
  lab('chromium'),
  async (t) => {
    const { site, one, two, virtual, page: port } = await stage(t);
    const held = await Promise.all(
      Array.from({ length: 20 }, () => client(t, virtual)),
    );
    const { page, complaints } = await visit(
      t,
      await openBrowser(t),
      `http://127.0.0.1:${port}/`,
    );
    const id = `127.0.0.1:${one}`;
    const rowOf = (name: string) =>
      page
        .getByRole('row')
        .filter({ has: page.getByRole('button', { name, exact: true }) });
    const row = rowOf(id);
    const openNow = async (shown = row) =>
      Number(await shown.getByRole('cell').nth(2).textContent());
    await until(async () => (await openNow()) === 10, 'half of them are there');
    await row.getByRole('button', { name: id }).click();
    await page.getByLabel('End connections').selectOption('after a minute');
    await page.getByRole('button', { name: 'Drain' }).click();
    await page.locator('.confirm').getByRole('button', { name: 'Drain' }).click();
    await page.getByText(`${id} is draining`).waitFor();
    await row.getByText('drain', { exact: true }).waitFor();
    const more = await Promise.all(
      Array.from({ length: 10 }, () => client(t, virtual)),
    );
    const other = rowOf(`127.0.0.1:${two}`);
    await until(async () => (await openNow(other)) === 20, 'new clients elsewhere');
    t.equal(await openNow(), 10, 'and none of them there');
    for (const socket of held) socket.end();
    await page.getByText(`${id} is empty: all ended by themselves`).waitFor();
    await until(async () => (await openNow()) === 0, 'it is shown');
    t.ok(
      more.every((socket) => !socket.destroyed),
      'of the others none was ended',
    );
    await site.logged('Changed by page (no login): drain of real server');
    await page.getByRole('button', { name: `Undo: ${id} is draining` }).click();
    await row.getByText('up', { exact: true }).waitFor();
    t.same(complaints, []);
  },
);

t.test('a reload moves the page, asks for passwords, and takes it away', async (t) => {
  const { site, ini, page } = await stage(t);
  t.equal(await statusOf(page), 200);
  t.equal(await statusOf(page, '/api/session'), 200);
  const reload = async (text: string) => {
    ini(text);
    await site.run('reload');
  };
  const user = `[web user anna]\npassword = ${await hashPassword('x')}\n`;
  await reload(`[web]\nlisten = 127.0.0.1:${page}\n${user}`);
  await until(
    async () => (await statusOf(page, '/api/session')) === 401,
    'a password is asked for',
  );
  const other = await freePort();
  await reload(`[web]\nlisten = 127.0.0.1:${other}\n`);
  await until(async () => (await statusOf(other)) === 200, 'it is elsewhere');
  t.equal(await statusOf(page), undefined);
  await reload('[web]\nlisten = 0.0.0.0:9080\n');
  await until(
    () => site.logText.includes('beyond loopback the page needs a user'),
    'the refusal',
  );
  t.equal(await statusOf(other), 200, 'and all stays as it was');
  await reload('');
  await until(async () => (await statusOf(other)) === undefined, 'it is gone');
  t.equal((await site.run('stop')).code, 0);
});

t.test('a place that is taken stops no traffic, and is tried again', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { site, ini, virtual } = await stage(t);
  ini(`[web]\nlisten = 127.0.0.1:${port}\n`);
  await site.run('reload');
  await until(
    () => site.logText.includes(`Page at http://127.0.0.1:${port}/ cannot be shown`),
    'the reason',
  );
  await client(t, virtual);
  taken.close();
  await until(async () => (await statusOf(port)) === 200, 'it is there');
});

t.test('start and configtest refuse what would be unsafe', async (t) => {
  const site = new Site(t, 'logfile="LOG"\n');
  writeFileSync(`${site.config}.ini`, '[web]\nlisten = 0.0.0.0:9080\n');
  for (const action of ['configtest', 'start']) {
    const { code, stderr } = await site.run(action);
    t.equal(code, 2);
    t.match(
      stderr,
      'a.cf.ini:2: listen = 0.0.0.0: beyond loopback the page needs a user',
    );
    t.match(stderr, 'as in "127.0.0.1:9080"');
  }
});
