import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { Test } from 'tap';
import {
  type ControlOptions,
  type ControlServer,
  createControlServer,
} from '../../lib/control/index.ts';
import type { Log } from '../../lib/model/log.ts';
import type { StatusDocument } from '../../lib/model/status.ts';
import { type RecordingDesk, recordingDesk } from './desk.ts';
import { socketPath } from './socket-path.ts';
import { statusDocument } from './status.ts';

/** A log that nobody reads. */
export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

export interface OpenedControl {
  readonly path: string;
  readonly server: ControlServer;
  readonly desk: RecordingDesk;
}

/** What a control server at that path needs, but for what is given: a desk that records, a reload
 *  that changes nothing. */
export function controlOptions(
  path: string,
  given: Partial<ControlOptions> = {},
): ControlOptions & { readonly desk: RecordingDesk } {
  const unchanged = async () => ({ ok: true, changes: [], warnings: [] }) as const;
  return {
    path,
    status: async () => statusDocument(),
    reload: unchanged,
    plan: unchanged,
    standing: {
      readiness: () => ({ ready: true, words: 'there is no virtual service' }),
      role: () => ({ role: 'active', by: null, since: null }),
      takeRole: async (role, by) => ({
        ...{ role, by, since: '2026-11-26T12:00:00.000Z' },
        ...{ before: 'active', problem: null },
      }),
    },
    log: silent,
    ...given,
    desk: recordingDesk(),
  };
}

/** A control server at a path of its own, closed with the test. */
export async function openControl(
  t: Test,
  status: (checks: number) => Promise<StatusDocument> = async () => statusDocument(),
  given: Partial<ControlOptions> = {},
): Promise<OpenedControl> {
  const path = socketPath(t);
  const options = controlOptions(path, { ...given, status });
  const server = await createControlServer(options);
  t.teardown(() => server.close());
  return { path, server, desk: options.desk };
}

export interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface Words {
  readonly method?: string;
  readonly body?: string | Buffer;
  /** Content type; JSON where there is a body. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request and its whole answer. */
export async function ask(
  socketPath: string,
  path: string,
  { method = 'GET', body, type = 'application/json', headers = {} }: Words = {},
): Promise<Reply> {
  const typed = body === undefined || type === '' ? {} : { 'content-type': type };
  const asking = request({
    socketPath,
    path,
    method,
    agent: false,
    headers: { ...headers, ...typed },
  });
  asking.end(body);
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
