import { spawn } from 'node:child_process';
import t from 'tap';
import type { CarriedService } from '../../../../lib/engines/net/protocol.ts';
import type { Desk } from '../../../../lib/engines/net/worker/desk.ts';
import type { Reception } from '../../../../lib/engines/net/worker/entrance.ts';
import { Listener } from '../../../../lib/engines/net/worker/listener.ts';
import { CARRIED } from '../../../support/carried.ts';
import { freePort, until } from '../../../support/engine-rig.ts';

const CLIENTS = 30;

t.test('one that lingers ends when its queue is empty', async (t) => {
  let accepted = 0;
  const count = (what: string) => {
    if (what === 'accepted') accepted++;
  };
  const line = { id: 'web', logged: 'none', switchboard: { record: { count } } };
  const desk = { admission: { enter: () => false }, tell() {} };
  const listener = new Listener(
    line as unknown as Reception,
    desk as unknown as Desk,
    false,
  );
  t.teardown(() => listener.shut());
  const at = (port: number): CarriedService => ({
    ...{ ...CARRIED, address: '127.0.0.1', port, family: 'inet', servers: [] },
  });
  const [before, after] = [await freePort(), await freePort()];
  t.equal(await listener.open(at(before)), undefined);
  t.equal(await listener.open(at(after)), undefined);
  const script = `for (let n = 0; n < ${CLIENTS}; n++) require('node:net').connect(${before}, '127.0.0.1').on('error', () => {})`;
  const clients = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  t.teardown(() => clients.kill());
  // As a worker that gets no processor time, past the moment when it ends.
  for (const end = performance.now() + 5200; performance.now() < end; );
  await until(() => accepted === CLIENTS);
  t.pass('all are let in');
});
