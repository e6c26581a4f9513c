import { Socket } from 'node:dgram';
import t, { type Test } from 'tap';
import { admissionMemory } from '../../../../../lib/engines/net/admission.ts';
import type {
  CarriedService,
  FromWorker,
} from '../../../../../lib/engines/net/protocol.ts';
import { Memory } from '../../../../../lib/engines/net/table/memory.ts';
import { ServerRecord } from '../../../../../lib/engines/net/table/server-record.ts';
import { sourceMemory } from '../../../../../lib/engines/net/table/sources.ts';
import { Worker } from '../../../../../lib/engines/net/worker/worker.ts';
import { CARRIED } from '../../../../support/carried.ts';
import { type UdpServer, udpClient, udpServer } from '../../../../support/datagrams.ts';
import { until } from '../../../../support/engine-rig.ts';
import { freeUdpPort } from '../../../../support/raw-udp-server.ts';

t.test('a door outlives failures to receive', async (t) => {
  const { socket, told, port } = await opened(t);
  const error = Object.assign(new Error('recvmsg ENOMEM'), { code: 'ENOMEM' });
  for (let n = 0; n < 2; n++) t.doesNotThrow(() => socket.emit('error', error));
  t.match(told.at(-1), { type: 'notice', kind: 'accept', about: /ENOMEM/ });
  const client = await udpClient(t, { address: '127.0.0.1', port });
  t.equal(await client.ask(), 'a');
});

t.test(
  'a datagram from port 0, which no answer could reach, is passed over',
  async (t) => {
    const { socket, port, server } = await opened(t);
    const forged = { address: '127.0.0.1', family: 'IPv4', port: 0, size: 1 };
    t.doesNotThrow(() => socket.emit('message', Buffer.from('?'), forged));
    const client = await udpClient(t, { address: '127.0.0.1', port });
    t.equal(await client.ask(), 'a');
    t.equal(server?.clients.length, 1);
  },
);

t.test('an answer that cannot be sent is lost in silence', async (t) => {
  const { socket, told, port, server } = await opened(t);
  const unreachable = { address: '255.255.255.255', family: 'IPv4', port: 9, size: 1 };
  socket.emit('message', Buffer.from('?'), unreachable);
  await until(() => server?.clients.length === 1);
  const client = await udpClient(t, { address: '127.0.0.1', port });
  t.equal(await client.ask(), 'a');
  t.notOk(told.some(({ type }) => type === 'notice'));
});

t.test('what a server refuses is told to the other workers', async (t) => {
  const dead = await udpServer(t, () => undefined);
  await dead.close();
  const { told, port } = await opened(t, dead, await udpServer(t, () => 'a'));
  const client = await udpClient(t, { address: '127.0.0.1', port });
  t.equal(await client.ask(), 'a');
  const server = dead.entry().id;
  t.match(
    told.filter(({ type }) => type === 'refused'),
    [{ service: SERVICE.id, server }],
  );
});

t.test('what waits at a server goes elsewhere when another worker tells', async (t) => {
  const silent = await udpServer(t, () => undefined);
  const { worker, port } = await opened(t, silent, await udpServer(t, () => 'a'));
  const client = await udpClient(t, { address: '127.0.0.1', port });
  client.say('?');
  await until(() => silent.clients.length === 1);
  const refused = { type: 'refused', service: SERVICE.id } as const;
  worker.handle({ ...refused, server: 'one that is not known' });
  worker.handle({ ...refused, server: silent.entry().id });
  t.equal(await client.next(), 'a');
  t.equal(await client.ask(), 'a');
  t.equal(silent.clients.length, 1);
});

/** The door of a service with these servers, carried in this thread. */
async function opened(t: Test, ...given: readonly UdpServer[]) {
  const servers = given.length > 0 ? given : [await udpServer(t, () => 'a')];
  const binds = t.capture(Socket.prototype, 'bind', Socket.prototype.bind);
  const told: FromWorker[] = [];
  const memory = new Memory(1);
  const segments = [memory.grow()];
  const carried = servers.map((server, n) => {
    const record = n + 1;
    new ServerRecord(memory.cell(record), 0).set({ weight: 1, lower: 0, upper: 0 });
    const { id, address, port } = server.entry();
    return { id, record, generation: 1, address, port, problem: undefined };
  });
  const seat = { worker: 0, workers: 1, shares: false };
  const counts = { admission: admissionMemory(1), sources: sourceMemory(1) };
  const start = { ...seat, segments, ...counts };
  const worker = new Worker(start, (message) => told.push(message));
  t.teardown(() => worker.handle({ type: 'close' }));
  const port = await freeUdpPort();
  const services: CarriedService[] = [{ ...SERVICE, port, servers: carried }];
  const change = { services, gone: [], dismissed: [] };
  worker.handle({ type: 'change', sequence: 1, change });
  await until(() => told.some(({ type }) => type === 'applied'));
  const socket = binds().at(-1)?.receiver;
  if (!(socket instanceof Socket)) throw new Error('it is not open');
  return { worker, socket, told, port, server: servers[0] };
}

const SERVICE = { ...CARRIED, id: 'udp:127.0.0.1:0', datagrams: 'sessions' } as const;
