import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { proxyHeader } from '../../../../lib/model/proxy-header.ts';
import {
  ending,
  received,
  rigFor,
  tableOf,
  until,
} from '../../../support/engine-rig.ts';
import { sharedPort } from '../../../support/shared-port.ts';

const WORKERS = 4;
const CLIENTS = 20;
const ROUNDS = 20;

t.test(
  'all workers take the announced client for the same one',
  sharedPort(),
  async (t) => {
    const rig = rigFor(t, createNetEngine({ workers: WORKERS }));
    const servers = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        rig.server((socket) => {
          let text = name;
          socket.on('data', (chunk) => {
            text += chunk.toString('latin1');
          });
          socket.on('end', () => socket.end(text));
        }),
      ),
    );
    const service = await rig.service(
      { scheduler: 'sh' },
      { acceptProxy: ['127.0.0.0/8'], sendProxy: 'v1' },
    );
    await rig.engine.apply(tableOf(service, ...servers.map((one) => one.entry())));

    const ask = async (host: number) => {
      const ends = {
        ...{ remoteAddress: `192.0.2.${host}`, remotePort: 51_234 },
        ...{ localAddress: '198.51.100.1', localPort: 443 },
      };
      const client = await rig.client(service);
      client.end(Buffer.concat([proxyHeader('v2', ends), Buffer.from('hello')]));
      const [name = '', ...rest] = await received(client);
      t.equal(rest.join(''), `${proxyHeader('v1', ends).toString('latin1')}hello`);
      return name;
    };
    const all = () =>
      Promise.all(Array.from({ length: CLIENTS }, (_, host) => ask(host)));
    const first = await all();
    t.equal(new Set(first).size, servers.length, 'each server has some');
    for (let round = 1; round < ROUNDS; round++) t.strictSame(await all(), first);
    const accepted = rig.engine.workers().map((one) => one.acceptedConnections);
    t.ok(Math.min(...accepted) > 0, `they came in at ${accepted.join()}`);

    for (let n = 0; n < CLIENTS; n++) {
      const wrong = await rig.client(service);
      wrong.write('GET /');
      t.equal(await ending(wrong), 'ECONNRESET');
    }
    await until(async () => {
      const { proxyHeaderErrors } = await rig.stats(service);
      return proxyHeaderErrors === CLIENTS;
    });
  },
);
