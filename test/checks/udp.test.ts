import t from 'tap';
import { askByUdp } from '../../lib/checks/udp.ts';
import { freeUdpPort, rawUdpServer } from '../support/raw-udp-server.ts';

const { signal } = new AbortController();
const datagram = Buffer.from('?');
const take = (answer: Buffer) => answer.toString();

t.test('the question is made with our own end of the socket', async (t) => {
  for (const address of ['127.0.0.1', '::1'] as const) {
    const server = await rawUdpServer(
      t,
      (_, reply, from) => reply(`${from.address} ${from.port}`),
      address,
    );
    let own = '';
    const question = (end: { address: string; port: number }) => {
      own = `${end.address} ${end.port}`;
      return { datagram, take };
    };
    t.equal(await askByUdp({ address, port: server.port }, question, signal), own);
    t.match(own, address);
    t.ok(await server.idle());
  }
});

t.test('what is not taken is passed over', async (t) => {
  const server = await rawUdpServer(t, (_, reply) => {
    for (const word of ['one', 'two', 'three']) reply(word);
  });
  const peer = { address: '127.0.0.1', port: server.port };
  const question = () => ({
    datagram,
    take: (answer: Buffer) => (answer.length === 5 ? answer.toString() : undefined),
  });
  t.equal(await askByUdp(peer, question, signal), 'three');
});

t.test('errors name the peer', async (t) => {
  const port = await freeUdpPort();
  const question = () => ({ datagram, take });
  for (const [address, peer] of [
    ['127.0.0.1', `127.0.0.1:${port}`],
    ['::1', `[::1]:${port}`],
  ] as const)
    await t.rejects(askByUdp({ address, port }, question, signal), {
      message: ` ECONNREFUSED ${peer}`,
    });
  const long = () => ({ datagram: Buffer.alloc(70_000), take });
  await t.rejects(askByUdp({ address: '127.0.0.1', port }, long, signal), {
    message: `send EMSGSIZE 127.0.0.1:${port}`,
  });
});

t.test('whatever the question or the reader throws ends it', async (t) => {
  const server = await rawUdpServer(t, (_, reply) => reply('!'));
  const peer = { address: '127.0.0.1', port: server.port };
  const broken = () => {
    throw new Error('broken');
  };
  await t.rejects(askByUdp(peer, broken, signal), { message: 'broken' });
  t.equal(server.received.length, 0);
  const reader = () => ({ datagram, take: broken });
  await t.rejects(askByUdp(peer, reader, signal), { message: 'broken' });
  t.ok(await server.idle());
});

t.test('the signal ends it with its reason', async (t) => {
  const stop = new AbortController();
  const server = await rawUdpServer(t, () => stop.abort(new Error('enough')));
  const peer = { address: '127.0.0.1', port: server.port };
  const question = () => ({ datagram, take });
  await t.rejects(askByUdp(peer, question, stop.signal), { message: 'enough' });
  t.ok(await server.idle());
  await t.rejects(askByUdp(peer, question, stop.signal), { message: 'enough' });
  t.equal(server.received.length, 1);
});
