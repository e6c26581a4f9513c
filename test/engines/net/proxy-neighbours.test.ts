import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { received, rigFor, serverAt, tableOf } from '../../support/engine-rig.ts';
import { lab } from '../../support/lab.ts';
import {
  apache,
  haproxy,
  haproxySender,
  nginx,
  nginxSender,
  type ProxyNeighbour,
} from '../../support/proxy-neighbours.ts';

t.setTimeout(120_000);

/** What a web server says of one who comes from there, and who that is. */
async function seen(at: ProxyNeighbour, from?: string) {
  const socket = connect({
    ...{ host: at.address, port: at.port },
    ...(from === undefined ? {} : { localAddress: from }),
  });
  await once(socket, 'connect');
  const { localAddress, localPort } = socket;
  socket.write('GET / HTTP/1.0\r\n\r\n');
  const answer = await received(socket);
  const words = /^x-seen: (.*)\r$/im.exec(answer)?.[1] ?? answer;
  return { words, client: `${localAddress} ${localPort}` };
}

const PLACES = [
  ['127.0.0.1', '127.0.0.9'],
  ['::1', undefined],
] as const;
const SERVERS = { apache, nginx: nginx(), haproxy };

for (const [name, start] of Object.entries(SERVERS))
  t.test(
    `${name} learns whose connection it is`,
    lab(name === 'apache' ? 'apache2' : (name as 'nginx')),
    async (t) => {
      for (const [address, from] of PLACES) {
        const server = await start(t, address);
        for (const sendProxy of ['v1', 'v2'] as const) {
          const rig = rigFor(t, createNetEngine());
          const service = await rig.service({ address }, { sendProxy });
          await rig.engine.apply(
            tableOf(service, serverAt(server.address, server.port)),
          );
          const { port = 0 } = service;
          const { words, client } = await seen({ address, port }, from);
          const all = `${client} ${address} ${port}`;
          const known = name === 'apache' ? all.split(' ')[0] : all;
          t.equal(words, known, `${sendProxy}, ${address}`);
        }
      }
    },
  );

const SENDERS = {
  'haproxy, version 1': haproxySender('send-proxy'),
  'haproxy, version 2': haproxySender('send-proxy-v2'),
  'haproxy, version 2 with all that may stand in it': haproxySender(
    'send-proxy-v2 proxy-v2-options crc32c,unique-id',
  ),
  'nginx, version 1': nginxSender,
};

for (const [name, start] of Object.entries(SENDERS))
  t.test(
    `what ${name}, says of a client goes on`,
    lab('haproxy', 'nginx'),
    async (t) => {
      for (const [address, from] of PLACES) {
        const server = await nginx()(t, address);
        const rig = rigFor(t, createNetEngine());
        const service = await rig.service(
          { address },
          {
            acceptProxy: [`${address}/${address === '::1' ? 128 : 32}`],
            sendProxy: 'v2',
          },
        );
        await rig.engine.apply(tableOf(service, serverAt(server.address, server.port)));
        const sender = await start(t, { address, port: service.port ?? 0 });
        const { words, client } = await seen(sender, from);
        t.equal(words, `${client} ${sender.address} ${sender.port}`, address);
        t.match(await rig.stats(service), { proxyHeaderErrors: 0 });
      }
    },
  );
