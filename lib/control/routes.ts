import type { Writable } from 'node:stream';
import type { Form, ObjectForm } from './api/shape.ts';

export type Method = 'GET' | 'PATCH' | 'POST' | 'DELETE';

/** Who asks. */
export interface Asker {
  /** False: only what changes nothing is answered. */
  readonly mayChange: boolean;
  /** For the audit line: `uid 0 (root)`. Asked for changes only. */
  readonly name: () => Promise<string>;
}

/** A request that has found its route. */
export interface Asked {
  /** What stands in the path for each name in braces, decoded. */
  readonly ids: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Of the route's body shape; undefined where it has none. */
  readonly body: unknown;
  /** The value of a header. */
  readonly header: (name: 'accept' | 'last-event-id') => string | undefined;
  /** Who asks; to be asked for when a change is understood, as it costs something. */
  readonly by: () => Promise<string>;
}

/** Why a request is not served; sent as the body of the answer. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** Where there are several reasons: one each. */
  readonly errors?: readonly string[];
  /** The answer lists what there is. */
  readonly lost?: boolean;
  /** Methods for the `Allow` header. */
  readonly allow?: string;
}

/** Thrown where a request is refused. */
export class RequestRefused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** An answer that has no end: what is written until the client goes, or is dropped. */
export interface Stream {
  readonly type: string;
  readonly begin: (client: Writable) => void;
}

/** Content as bytes, or a stream. */
export type Answer = Buffer | Stream;

/** A parameter in the query. */
export interface Parameter {
  readonly form: Form;
  readonly summary: string;
  /** As text, as it can stand there. */
  readonly example: string;
}

/** One thing the control socket offers. */
export interface Route {
  /** HEAD is answered wherever GET is. GET changes nothing, and all others do. */
  readonly method: Method;
  /** What stands in braces is a name: `/v1/services/{service}`. */
  readonly path: string;
  /** What one finds there, in a few words for people. */
  readonly summary: string;
  readonly query: Readonly<Record<string, Parameter>>;
  readonly body?: ObjectForm;
  /** Content type of the answer, and what it looks like where it is JSON. A stream beside it has
   *  the type `text/event-stream`. */
  readonly type: string;
  readonly answer?: Form;
  readonly streams?: boolean;
  /** Statuses of refusals that are this route's own. */
  readonly refusals: readonly number[];
  /** It may be long until it answers: its client waits out of the limits of others. */
  readonly waits?: boolean;
  /** Rejects with NotFound, NotPossible, or when there is nothing to answer. */
  readonly handler: (asked: Asked) => Promise<Answer>;
}

/** A row, and what its path was given. */
export interface Found {
  readonly route: Route;
  readonly ids: Readonly<Record<string, string>>;
}

const LONGEST_URL = 1024;

/** The row that serves a request. @throws RequestRefused */
export function findRoute(
  routes: readonly Route[],
  method: string,
  url: string,
): Found {
  if (url.length > LONGEST_URL)
    throw refused(414, `the URL is longer than ${LONGEST_URL} bytes`, { lost: true });
  const { path } = splitUrl(url);
  const segments = decoded(path);
  const there = routes.flatMap((route) => {
    const ids = match(route.path, segments);
    return ids ? [{ route, ids }] : [];
  });
  if (there.length === 0) throw refused(404, `nothing at ${path}`, { lost: true });
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = there.find(({ route }) => route.method === wanted);
  if (found) return found;
  const allow = allowed(there.map(({ route }) => route));
  throw refused(405, `${path} knows ${allow}`, { lost: true, allow });
}

/** To be thrown. */
export function refused(
  status: number,
  message: string,
  more: Omit<Refusal, 'status' | 'message'> = {},
): RequestRefused {
  return new RequestRefused({ status, message, ...more });
}

const ORIGIN = /^https?:\/\/[^/?]*/i;

/** The query is what follows the first `?`. What a proxy is asked, `http://host/path`, is answered
 *  as the path: a server must (RFC 9112, 3.2.2). */
export function splitUrl(url: string): {
  readonly path: string;
  readonly query: URLSearchParams;
} {
  const [path = '', ...query] = url.replace(ORIGIN, '').split('?');
  return { path: path || '/', query: new URLSearchParams(query.join('?')) };
}

/** The JSON body of a refusal: what is wrong, and what there is. */
export function refusalBody(routes: readonly Route[], refusal: Refusal): Buffer {
  const { message: error, errors, lost } = refusal;
  const exists = lost
    ? routes.map(({ method, path, summary }) => ({ method, path, summary }))
    : undefined;
  return Buffer.from(`${JSON.stringify({ error, errors, exists }, null, 2)}\n`);
}

/** The names in braces of a path. */
export function namesIn(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** A path is split before it is decoded: an encoded slash parts nothing. */
function decoded(path: string): readonly string[] {
  try {
    return path.split('/').map((segment) => decodeURIComponent(segment));
  } catch {
    throw refused(
      400,
      `${path}: expected two hexadecimal digits behind a %, as in "%3A"`,
    );
  }
}

function match(
  path: string,
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const pattern = path.split('/');
  if (pattern.length !== segments.length) return undefined;
  const ids: Record<string, string> = {};
  for (const [at, expected] of pattern.entries()) {
    const found = segments[at] ?? '';
    const [name] = namesIn(expected);
    if (name === undefined ? found !== expected : found === '') return undefined;
    if (name !== undefined) ids[name] = found;
  }
  return ids;
}

function allowed(routes: readonly Route[]): string {
  return routes
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .join(', ');
}
