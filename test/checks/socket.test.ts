import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import t from 'tap';
import { openStream, type StreamPeer } from '../../lib/checks/socket.ts';
import { tlsSettings } from '../../lib/checks/tls.ts';
import { testAuthority } from '../support/certificates.ts';
import { lab } from '../support/lab.ts';
import { rawServer } from '../support/raw-server.ts';

const never = new AbortController().signal;

async function peer(port: number, tlsCa?: string): Promise<StreamPeer> {
  const tls = await tlsSettings({ tlsVerify: true, tlsCa }, 'www.example.com');
  return { host: '127.0.0.1', port, tls };
}

async function firstBytes(stream: Socket): Promise<string> {
  const [bytes] = await once(stream, 'data');
  stream.destroy();
  return String(bytes);
}

t.test('a stream carries what the server says, without TLS and over it', async (t) => {
  const plain = await rawServer(t, (socket) => socket.write('hello'));
  const stream = await openStream({ host: '127.0.0.1', port: plain.port }, never);
  t.equal(await firstBytes(stream), 'hello');
  await plain.idle();

  await t.test('over TLS', lab('openssl'), async (t) => {
    const authority = testAuthority(t.testdir());
    const pair = authority.issue('www.example.com');
    const server = createServer(pair).on('tlsClientError', () => {});
    const { port, idle } = await rawServer(
      t,
      (socket) => socket.write('hello'),
      server,
      'secureConnection',
    );
    const secure = await openStream(await peer(port, authority.file), never);
    t.equal(await firstBytes(secure), 'hello');
    await idle();
    const untrusted = openStream(await peer(port), never);
    await t.rejects(untrusted, /^TLS: .*\(UNABLE_TO_/);
  });
});

t.test('a handshake that fails leaves no connection open', async (t) => {
  const server = await rawServer(t, (socket) => socket.write('220 no TLS here\r\n'));
  await t.rejects(openStream(await peer(server.port), never), /^TLS: /);
  await server.idle();
});

t.test('a handshake that does not end goes with the signal', async (t) => {
  const stop = new AbortController();
  const server = await rawServer(t, (socket) =>
    socket.once('data', () => stop.abort(new Error('no answer within 3 s'))),
  );
  await t.rejects(openStream(await peer(server.port), stop.signal), {
    message: 'TLS: no answer within 3 s',
  });
  await server.idle();
});

t.test('a port where nobody listens is told with errno and peer', async (t) => {
  await t.rejects(openStream(await peer(1), never), {
    message: 'connect ECONNREFUSED 127.0.0.1:1',
  });
});
