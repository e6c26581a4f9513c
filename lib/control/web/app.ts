import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { readAssets } from './assets.ts';
import { readLogin } from './bodies.ts';
import { serveDesk } from './desk-routes.ts';
import { SECURITY_HEADERS } from './headers.ts';
import { demandLoopbackName, demandOwnOrigin } from './origin.ts';
import { Refused, statusOf } from './refused.ts';
import type { Session } from './sessions.ts';
import { jsonOf, mayChange, type Site, type Visit } from './site.ts';
import type { SessionInfo } from './wire.ts';

const MOST_BYTES = 4 << 10;
const MOST_VIEWERS = 32;

/** The page and its API, as a function from requests to answers. */
export function createApp(site: Site): Hono<Visit> {
  const app = new Hono<Visit>();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
  });
  app.use(async (c, next) => {
    if (site.users().length === 0) demandLoopbackName(c.req.header('host'));
    await next();
  });
  serveAssets(app);
  app.use('/api/*', guard);
  app.use('/api/*', bodyLimit({ maxSize: MOST_BYTES, onError: tooLarge }));
  serveSessions(app, site);
  app.use('/api/*', admit(site));
  serveLive(app, site);
  serveDesk(app, site);
  app.notFound((c) => c.json({ error: `nothing at ${c.req.path}` }, 404));
  app.onError((error, c) => {
    if (c.env.incoming.errored) return c.json({ error: 'the request broke off' }, 400);
    const status = statusOf(error);
    if (status === undefined) site.log.error(`Page: ${error.stack ?? error.message}`);
    const words = status === undefined ? 'the director could not do it' : error.message;
    return c.json({ error: words }, status ?? 503);
  });
  return app;
}

function serveAssets(app: Hono<Visit>): void {
  for (const [path, { type, body, etag }] of readAssets())
    app.get(path, (c) => {
      const headers = { 'content-type': type, 'cache-control': 'no-cache', etag };
      if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers);
      return c.body(body, 200, headers);
    });
}

/** Before anything of the API is looked at. */
const guard: MiddlewareHandler<Visit> = async (c, next) => {
  demandOwnOrigin({
    host: c.req.header('host'),
    origin: c.req.header('origin'),
    'sec-fetch-site': c.req.header('sec-fetch-site'),
  });
  const changes = !['GET', 'HEAD'].includes(c.req.method);
  const type = c.req.header('content-type') ?? '';
  if (changes && !/^application\/json(;|$)/i.test(type))
    throw new Refused(415, 'expected JSON: content-type: application/json');
  await next();
  c.header('cache-control', 'no-store');
};

function tooLarge(c: Context): Response {
  return c.json({ error: `the body has more than ${MOST_BYTES} bytes` }, 413);
}

/** Lets in who has a session, and lets change things who may and says the session's secret. */
function admit(site: Site): MiddlewareHandler<Visit> {
  return async (c, next) => {
    const session = site.door.sessions.find(getCookie(c, site.cookie));
    if (!session) throw new Refused(401, 'log in first');
    if (!['GET', 'HEAD'].includes(c.req.method)) {
      if (c.req.header('x-csrf-token') !== session.csrf)
        throw new Refused(403, 'the CSRF token is not that of the session');
      const leaves = c.req.path === '/api/logout';
      if (!leaves && !mayChange(session))
        throw new Refused(403, `${session.user?.name} may look only`);
    }
    c.set('session', session);
    await next();
  };
}

function serveSessions(app: Hono<Visit>, site: Site): void {
  const greet = (c: Context<Visit>, session: Session) => {
    setCookie(c, site.cookie, session.token, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      secure: site.tls,
    });
    return c.json(infoOf(session));
  };
  app.get('/api/session', (c) => {
    const known = site.door.sessions.find(getCookie(c, site.cookie));
    if (known) return c.json(infoOf(known));
    if (site.users().length > 0) throw new Refused(401, 'log in first');
    return greet(c, site.door.sessions.open(undefined));
  });
  app.post('/api/login', async (c) => {
    const body = readLogin(await jsonOf(c));
    return greet(c, await site.door.login(body, addressOf(c)));
  });
  app.post('/api/logout', admit(site), (c) => {
    site.door.sessions.end(c.get('session'));
    deleteCookie(c, site.cookie, { path: '/', secure: site.tls });
    return c.json({});
  });
}

function serveLive(app: Hono<Visit>, { live, door, visitors }: Site): void {
  app.get('/api/live', (c) => {
    if (live.viewers >= MOST_VIEWERS)
      throw new Refused(503, `${MOST_VIEWERS} look at it already`);
    const { incoming, outgoing } = c.env;
    const { token } = c.get('session');
    outgoing.writeHead(200, {
      ...SECURITY_HEADERS,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    visitors.stay(incoming);
    outgoing.write('retry: 2000\n\n');
    live.join(outgoing, () => door.sessions.find(token) !== undefined);
    return new Response(null, { headers: { 'x-hono-already-sent': 'true' } });
  });
}

function addressOf(c: Context<Visit>): string {
  return c.env.incoming.socket.remoteAddress ?? '';
}

function infoOf(session: Session): SessionInfo {
  const { csrf, user } = session;
  return { user: user?.name ?? null, mayChange: mayChange(session), csrf };
}
