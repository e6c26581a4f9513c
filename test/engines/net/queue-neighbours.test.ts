import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { ending, rigFor, serverAt, until } from '../../support/engine-rig.ts';
import { lab } from '../../support/lab.ts';
import { startNginx } from '../../support/proxy-neighbours.ts';
import { triedPort } from '../../support/tried-port.ts';

const TIMEOUT_MS = 5000;
const address = '127.0.0.1';

/** nginx, which answers what it is asked for, and keeps connections. */
async function nginx(t: Test) {
  const port = await triedPort(address);
  const server = `listen ${address}:${port}; location / { return 200 "no $arg_n\\n"; }`;
  const section = `http { access_log off; server { ${server} } }`;
  return await startNginx(t, section, { address, port });
}

t.test('before nginx with one place', lab('nginx'), async (t) => {
  const rig = rigFor(t, createNetEngine());
  const { port } = await nginx(t);
  const options = { queue: 100, queueTimeoutMs: TIMEOUT_MS };
  const service = await rig.service({}, options);
  const servers = [serverAt(address, port, { lower: 1, upper: 1 })];
  await rig.engine.apply([{ service, servers }]);
  const waiting = async (count: number) =>
    until(async () => (await rig.stats(service)).limits?.queued === count);
  const served: number[] = [];
  const enter = async (n: number) => {
    const client = await rig.client(service);
    client.setEncoding('latin1').on('data', (text: string) => {
      const [, number] = /no (\d+)/.exec(text) ?? [];
      if (number !== undefined) served.push(Number(number));
    });
    client.write(`GET /?n=${n} HTTP/1.1\r\nHost: a\r\n\r\n`);
    return client;
  };

  const first = await enter(0);
  await until(() => served.length === 1);
  const behind = [];
  for (let n = 1; n <= 5; n++) {
    behind.push(await enter(n));
    await waiting(n);
  }
  const began = performance.now();
  first.end();
  for (const [at, client] of behind.entries()) {
    await until(() => served.length === at + 2);
    client.end();
  }
  const each = (performance.now() - began) / behind.length;
  t.strictSame(served, [0, 1, 2, 3, 4, 5], 'in the order in which they came');

  const last = await enter(6);
  await until(() => served.length === 7);
  const asked = performance.now();
  const late = await enter(7);
  t.equal(await ending(late), 'ECONNRESET');
  const waited = performance.now() - asked;
  t.ok(waited > TIMEOUT_MS - 150 && waited < TIMEOUT_MS + 10_000);
  last.end();
  t.comment(
    `${each.toFixed(0)} ms from a place to the next client's answer; reset after ${waited.toFixed(0)} ms of ${TIMEOUT_MS}`,
  );
});
