import { connect, Server } from 'node:net';
import t, { type Test } from 'tap';
import { admissionMemory } from '../../../../lib/engines/net/admission.ts';
import type {
  CarriedService,
  FromWorker,
} from '../../../../lib/engines/net/protocol.ts';
import { Memory } from '../../../../lib/engines/net/table/memory.ts';
import { ServerRecord } from '../../../../lib/engines/net/table/server-record.ts';
import { sourceMemory } from '../../../../lib/engines/net/table/sources.ts';
import { Worker } from '../../../../lib/engines/net/worker/worker.ts';
import { CARRIED } from '../../../support/carried.ts';
import { ending, freePort, until } from '../../../support/engine-rig.ts';

t.test('a listener outlives failures to accept', async (t) => {
  const told: FromWorker[] = [];
  const server = await listening(t, told);
  const error = Object.assign(new Error('accept ENFILE'), { code: 'ENFILE' });
  for (let n = 0; n < 2; n++) t.doesNotThrow(() => server.emit('error', error));
  t.match(told.at(-1), { type: 'notice', kind: 'accept', about: /ENFILE/ });

  const { port } = server.address() as { port: number };
  t.equal(await ending(connect(port, '127.0.0.1')), 'ECONNRESET');
  t.match(told.at(-1), { type: 'connect-failed' }, 'it was accepted, and dialled for');
});

/** The listener of a service whose one server is dead, carried in this thread. */
async function listening(t: Test, told: FromWorker[]): Promise<Server> {
  const listens = t.capture(Server.prototype, 'listen', Server.prototype.listen);
  const memory = new Memory(1);
  const segments = [memory.grow()];
  new ServerRecord(memory.cell(1), 0).set({ weight: 1, lower: 0, upper: 0 });
  const seat = { worker: 0, workers: 1, shares: false };
  const counts = { admission: admissionMemory(1), sources: sourceMemory(1) };
  const start = { ...seat, segments, ...counts };
  const worker = new Worker(start, (message) => told.push(message));
  t.teardown(() => worker.handle({ type: 'close' }));
  const dead = {
    id: 'dead',
    record: 1,
    generation: 1,
    address: '127.0.0.1',
    port: await freePort(),
    problem: undefined,
  };
  const services: CarriedService[] = [{ ...CARRIED, servers: [dead] }];
  const change = { services, gone: [], dismissed: [] };
  worker.handle({ type: 'change', sequence: 1, change });
  await until(() => told.some(({ type }) => type === 'applied'));
  const server = listens().at(-1)?.receiver;
  if (!(server instanceof Server)) throw new Error('it does not listen');
  return server;
}
