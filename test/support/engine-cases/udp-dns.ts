import { setTimeout as sleep } from 'node:timers/promises';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import { type UdpServer, udpClient, udpServer, udpService } from '../datagrams.ts';
import { askDns, dnsAnswer, dnsQuery, dnsSayer } from '../dns-words.ts';
import { type Rig, tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

const SOON = { patienceMs: 300 };
/** A server that refused is left alone for less. */
const REST_MS = 3300;

export const udpDns = {
  async 'UDP: a single query that a DNS server does not answer is asked of another'(
    t,
    rig,
  ) {
    const service = await udpService(rig, { service: 'dns', scheduler: 'fo' });
    const mute = await udpServer(t, () => undefined);
    const b = await dnsSayer(t, 'b');
    await rig.engine.apply(tableOf(service, mute.entry({ weight: 2 }), b.entry()));
    t.equal(await askDns(await udpClient(t, service)), 'b');
    t.equal(mute.clients.length, 1);
    t.match(await rig.stats(service), { retries: 1, refusedConnections: 0 });
    const of = (server: UdpServer) => rig.of(service, server.entry());
    // Its end is counted behind its answer.
    await until(async () => (await of(b)).activeConnections === 0);
    t.match(await of(mute), { activeConnections: 0, connectFailures: 0 });
    t.equal((await of(b)).totalConnections, 1);
  },

  async 'UDP: a DNS server that takes its time has its answer passed on'(t, rig) {
    for (const other of ['silent', 'closed']) {
      const service = await udpService(rig, { service: 'dns', scheduler: 'fo' });
      const queries: Buffer[] = [];
      const slow = await udpServer(t, (query) => void queries.push(query));
      const b = await udpServer(t, () => undefined);
      if (other === 'closed') await b.close();
      const entries = [slow.entry({ weight: 2 }), b.entry()];
      await rig.engine.apply(tableOf(service, ...entries));
      const client = await udpClient(t, service);
      const answer = client.ask(dnsQuery());
      await until(async () => (await rig.stats(service)).retries === 1);
      if (other === 'closed') await until(async () => await hasFailed(rig, service, b));
      slow.say(
        Buffer.concat([queries[0] ?? Buffer.alloc(0), Buffer.from('a')]),
        slow.clients[0],
      );
      t.equal((await answer).at(-1), 'a', other);
      t.equal((await rig.stats(service)).refusedConnections, 0);
    }
  },

  async 'UDP: a DNS server that is asked in the place of another has a time of its own'(
    t,
    rig,
  ) {
    const service = await udpService(rig, { service: 'dns', scheduler: 'fo' });
    const silent = await udpServer(t, () => undefined);
    const queries: Buffer[] = [];
    const slow = await udpServer(t, (query) => void queries.push(query));
    await rig.engine.apply(tableOf(service, silent.entry({ weight: 2 }), slow.entry()));
    const ask = async () => (await udpClient(t, service)).ask(dnsQuery());
    const began = performance.now();
    const answers = Array.from({ length: 4 }, ask);
    await until(() => silent.clients.length === 4);
    await sleep(700);
    await silent.close();
    answers.push(ask());
    await until(() => queries.length === 5);
    await sleep(600); // more than the first one left
    const { connectFailures } = await rig.of(service, slow.entry());
    // Later its own may be over too.
    if (performance.now() - began < 1600) t.equal(connectFailures, 0);
    for (const [n, query] of queries.entries())
      slow.say(Buffer.concat([query, Buffer.from('b')]), slow.clients[n]);
    for (const answer of answers) t.equal((await answer).at(-1), 'b');
  },

  async 'UDP: what no DNS server answers takes none out, nor keeps one out'(t, rig) {
    const options = { udpAnswerTimeoutMs: 300 };
    const service = await udpService(rig, { service: 'dns', scheduler: 'fo' }, options);
    const mute = await udpServer(t, () => undefined);
    const b = await dnsSayer(t, 'b');
    await rig.engine.apply(tableOf(service, mute.entry({ weight: 2 }), b.entry()));
    const client = await udpClient(t, service, SOON);
    const failures = async () => (await rig.of(service, mute.entry())).connectFailures;
    const over = async (count: number) => {
      await until(() => mute.clients.length === count);
      const active = async () =>
        (await rig.of(service, mute.entry())).activeConnections === 0;
      await until(active);
    };
    for (let n = 0; n < 6; n++) client.say(dnsAnswer());
    await over(6);
    t.equal(await failures(), 0);
    for (let n = 0; n < 3; n++) client.say(dnsQuery());
    await over(9);
    await until(async () => (await failures()) > 0);
    t.equal(await failures(), 1, 'queries do, however short their time is');
    const end = performance.now() + REST_MS;
    await until(() => {
      client.say(dnsAnswer());
      return performance.now() > end;
    });
    t.equal(mute.clients.length, 9, 'none of that was tried on it');
    t.equal(await askDns(await udpClient(t, service)), 'b');
    await until(() => mute.clients.length === 10);
  },
} as const satisfies Record<string, EngineCase>;

async function hasFailed(rig: Rig, service: VirtualService, server: UdpServer) {
  return (await rig.of(service, server.entry())).connectFailures > 0;
}
