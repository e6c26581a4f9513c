import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { Test } from 'tap';
import { type ControlServer, createControlServer } from '../../lib/control/index.ts';
import type { Log } from '../../lib/model/log.ts';
import type { StatusDocument } from '../../lib/model/status.ts';
import { socketPath } from './socket-path.ts';
import { statusDocument } from './status.ts';

/** A log that nobody reads. */
export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

export interface OpenedControl {
  readonly path: string;
  readonly server: ControlServer;
}

/** A control server at a path of its own, closed with the test. */
export async function openControl(
  t: Test,
  status: (checks: number) => Promise<StatusDocument> = async () => statusDocument(),
): Promise<OpenedControl> {
  const path = socketPath(t);
  const server = await createControlServer({ path, status, log: silent });
  t.teardown(() => server.close());
  return { path, server };
}

export interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** One request and its whole answer. */
export async function ask(
  socketPath: string,
  path: string,
  { method = 'GET' } = {},
): Promise<Reply> {
  const asking = request({ socketPath, path, method, agent: false });
  asking.end();
  const [response]: IncomingMessage[] = await once(asking, 'response');
  if (!response) throw new Error('no response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode, headers: response.headers, text };
}

/** Everything the server says to these bytes until it closes. */
export async function raw(path: string, bytes: string | Buffer): Promise<string> {
  const socket = connect({ path });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write(bytes);
  await closed;
  return Buffer.concat(chunks).toString();
}
