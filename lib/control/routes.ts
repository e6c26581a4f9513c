/** One thing the control socket offers. */
export interface Route {
  /** HEAD is answered wherever GET is. */
  readonly method: 'GET';
  readonly path: string;
  /** What one finds there, in a few words for people. */
  readonly summary: string;
  /** Content type of the body. */
  readonly type: string;
  /** The body, or what is wrong with the query. Rejects when there is nothing to answer. */
  readonly handler: (query: URLSearchParams) => Promise<Buffer | Refusal>;
}

/** Why a request was not served; sent as the body of the answer. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** Methods for the `Allow` header. */
  readonly allow?: string;
}

const LONGEST_URL = 1024;

/** The row that serves a request, or why none does. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  url: string,
): Route | Refusal {
  if (url.length > LONGEST_URL)
    return { status: 414, message: `the URL is longer than ${LONGEST_URL} bytes` };
  const { path } = splitUrl(url);
  const there = routes.filter((route) => route.path === path);
  if (there.length === 0) return { status: 404, message: `nothing at ${path}` };
  const wanted = method === 'HEAD' ? 'GET' : method;
  const allow = allowed(there);
  return (
    there.find((route) => route.method === wanted) ?? {
      status: 405,
      message: `${path} knows ${allow}`,
      allow,
    }
  );
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
  const exists = routes.map(({ method, path, summary }) => ({ method, path, summary }));
  return Buffer.from(
    `${JSON.stringify({ error: refusal.message, exists }, null, 2)}\n`,
  );
}

function allowed(routes: readonly Route[]): string {
  return routes
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .join(', ');
}
