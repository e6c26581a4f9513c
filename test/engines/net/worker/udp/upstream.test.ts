import { Socket } from 'node:dgram';
import t, { type Test } from 'tap';
import type { RealServer } from '../../../../../lib/engines/net/worker/real-server.ts';
import { datagramSocket } from '../../../../../lib/engines/net/worker/udp/datagram-socket.ts';
import { Upstream } from '../../../../../lib/engines/net/worker/udp/upstream.ts';
import { udpServer } from '../../../../support/datagrams.ts';
import { until } from '../../../../support/engine-rig.ts';

/** Has a stranger send to each socket that has a port and is not connected yet. */
function stranger(t: Test, address: string): void {
  const socket = datagramSocket(address === '::1' ? 'inet6' : 'inet');
  socket.bind({ address, port: 0 });
  t.teardown(() => socket.close());
  const { connect } = Socket.prototype;
  t.intercept(Socket.prototype, 'connect', {
    value(this: Socket, port: number, host: string) {
      this.bind({ port: 0, exclusive: true });
      socket.send('forged', this.address().port, address);
      Reflect.apply(connect, this, [port, host]);
    },
  });
}

t.test('what a stranger sent before it was connected is nobody’s', async (t) => {
  for (const address of ['127.0.0.1', '::1'])
    await t.test(address, async (t) => {
      const { port } = await udpServer(t, () => 'a', address);
      stranger(t, address);
      const heard: string[] = [];
      const tenant = {
        heard: (datagram: Uint8Array) => heard.push(String(datagram)),
        failed() {},
      };
      const upstream = new Upstream({ address, port } as RealServer, tenant);
      t.teardown(() => upstream.close());
      t.ok(upstream.isConnected);
      upstream.send(Buffer.from('?'));
      await until(() => heard.length > 0);
      t.same(heard, ['a']);
    });
});
