import { pair, udpClient, udpServer, udpService } from '../datagrams.ts';
import { tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

const CROWD = 40;

export const udpExchanges = {
  async 'UDP: with ops each packet goes by itself, and so does each DNS query'(t, rig) {
    for (const fields of [{ ops: true }, { service: 'dns' }]) {
      const service = await udpService(rig, fields);
      const [a, b] = await pair(t);
      await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
      const client = await udpClient(t, service);
      const answers = [];
      for (let n = 0; n < 6; n++) answers.push(await client.ask());
      t.same(answers, ['a', 'b', 'a', 'b', 'a', 'b']);
      const active = async () =>
        (await rig.stats(service)).servers.map((one) => one.activeConnections);
      await until(async () => (await active()).every((count) => count === 0));
      for (const server of [a, b])
        t.match(await rig.of(service, server.entry()), {
          totalConnections: 3,
          bytesIn: 3,
          bytesOut: 3,
        });
    }
  },

  async 'UDP: one-packet answers find their own clients, however they cross'(t, rig) {
    const service = await udpService(rig, { ops: true });
    const echo = (datagram: Buffer) => datagram;
    const [a, b] = [await udpServer(t, echo), await udpServer(t, echo)];
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const clients = await Promise.all(
      Array.from({ length: CROWD }, () => udpClient(t, service)),
    );
    for (let round = 0; round < 5; round++) {
      const asked = clients.map((client, n) => client.ask(`${n} of ${round}`));
      const expected = clients.map((_, n) => `${n} of ${round}`);
      t.same(await Promise.all(asked), expected);
    }
  },

  async 'UDP: an answer that comes a second time reaches nobody else'(t, rig) {
    for (const fields of [{ ops: true }, { service: 'dns' }]) {
      const service = await udpService(rig, fields);
      const said: Buffer[] = [];
      const server = await udpServer(t, (datagram) => {
        const last = said.at(-1);
        if (last) server.say(last, server.clients.at(-2));
        said.push(datagram);
        return datagram;
      });
      await rig.engine.apply(tableOf(service, server.entry()));
      const client = await udpClient(t, service);
      for (let n = 0; n < 10; n++) {
        const message = Buffer.alloc(20, `${n}`);
        t.equal(await client.ask(message), message.toString());
      }
      t.match(await rig.of(service, server.entry()), {
        totalConnections: 10,
        bytesOut: 200,
      });
    }
  },
} as const satisfies Record<string, EngineCase>;
