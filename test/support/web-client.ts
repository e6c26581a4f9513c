import { once } from 'node:events';
import {
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Test } from 'tap';
import type { WebUser } from '../../lib/config/web.ts';
import type { SessionInfo } from '../../lib/control/web/wire.ts';
import { serveDouble, type WebDouble } from './web-double.ts';
import { REF } from './web-users.ts';

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

interface Asking {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: OutgoingHttpHeaders;
}

/** One request; a body is sent as JSON unless it is text. */
export async function ask(
  url: string,
  path: string,
  { method = 'GET', body, headers = {} }: Asking = {},
): Promise<Reply> {
  const request = url.startsWith('https') ? httpsRequest : httpRequest;
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const asking = request(`${url}${path}`, {
    method,
    agent: false,
    rejectUnauthorized: false,
    headers: { ...json, ...headers },
  });
  asking.end(
    typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
  );
  const [response]: IncomingMessage[] = await once(asking, 'response');
  if (!response) throw new Error('no response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** The page before that director, closed with the test. */
export async function serve(
  t: Test,
  double: WebDouble,
  users: readonly WebUser[] = [],
) {
  const served = await serveDouble(double, { users });
  t.teardown(() => served.web.close());
  return served;
}

/** What a request of a session carries. */
export async function enter(
  url: string,
  user?: string,
): Promise<OutgoingHttpHeaders & { cookie: string }> {
  const reply =
    user === undefined
      ? await ask(url, '/api/session')
      : await ask(url, '/api/login', {
          method: 'POST',
          body: { user, password: 'hunter2' },
        });
  const info: SessionInfo = JSON.parse(reply.text);
  const [cookie = ''] = reply.headers['set-cookie'] ?? [];
  return { cookie: cookie.split(';')[0] ?? '', 'x-csrf-token': info.csrf };
}

/** With a password. */
export const login = (
  url: string,
  user: string,
  password: string,
  headers: OutgoingHttpHeaders = {},
) => ask(url, '/api/login', { method: 'POST', body: { user, password }, headers });
/** Another weight or state of a real server. */
export const change = (
  url: string,
  headers: OutgoingHttpHeaders,
  body: unknown = { ...REF, weight: 5 },
) => ask(url, '/api/real', { method: 'PATCH', body, headers });
