import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import t, { type Test } from 'tap';
import type { StatusDocument } from '../../lib/model/status.ts';
import { freePort, Site, until } from '../support/site.ts';

/** A server on loopback that says its name. */
async function talker(t: Test, name: string) {
  const server = createServer((socket) => socket.on('error', () => {}).end(name));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const close = () => new Promise((resolve) => server.close(resolve));
  t.teardown(close);
  return { port, close };
}

/** What a client is told, or '' where it is told nothing. */
async function told(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

const descriptors = ({ pid }: Site) => readdirSync(`/proc/${pid}/fd`).length;

t.test("two pools are each other's fallback", async (t) => {
  const [a, b] = [await talker(t, 'a'), await talker(t, 'b')];
  const [one, two] = [await freePort(), await freePort()];
  const pool = (port: number, real: number | undefined, fallback: number) => `
virtual=127.0.0.1:${port}
    real=127.0.0.1:${real} masq
    fallback=127.0.0.1:${fallback} masq
    checktype=connect
`;
  const head = 'checkinterval=1\nchecktimeout=1\nquiescent=yes\nlogfile="LOG"\n';
  const site = new Site(t, head + pool(one, a.port, two) + pool(two, b.port, one));
  const { code, stderr } = await site.run('start');
  t.equal(code, 0, stderr);
  await site.call(site.config, 'wait', '--for', 'up');
  t.strictSame([await told(one), await told(two)], ['a', 'b']);
  const before = descriptors(site);

  await a.close();
  await until(
    async () => (await told(one)) === 'b',
    "clients at the other pool's server",
  );
  t.equal(await told(two), 'b', 'whose own go on');

  await b.close();
  await site.logged(new RegExp(`Added fallback server: 127.0.0.1:${one}`));
  await until(async () => {
    const { stdout } = await site.run('--json', 'show');
    const { services } = JSON.parse(stdout) as StatusDocument;
    return services.every(({ fallbackActive }) => fallbackActive);
  }, 'both on their fallback');
  t.strictSame([await told(one), await told(two)], ['', ''], 'and is not led round');
  t.ok(descriptors(site) < before + 10, 'nor has it taken descriptors');
});
