import { endpoint } from '../../model/address.ts';
import type { CheckTarget } from '../../model/check.ts';
import { peerOf } from '../socket.ts';
import { tlsSettings } from '../tls.ts';
import { escapeByte, urlLogin } from '../whole-url.ts';
import { exchange, type HttpAnswer, type HttpRequest } from './http-exchange.ts';

const MOST_REDIRECTS = 7;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Where a request goes: the real server at first, anywhere after a redirect. */
export interface Place {
  readonly url: URL;
  /** Path and query, escaped. */
  readonly path: string;
  readonly hostHeader: string;
  /** Of the user and password in the URL; undefined: it has none. */
  readonly authorization: string | undefined;
  /** Whose name TLS asks for. */
  readonly nameHost: string;
}

/** The last answer, and how many redirects led to it. */
export interface Page {
  readonly answer: HttpAnswer;
  readonly hops: number;
}

/** Asks, and follows up to 7 redirects; what an eighth or a broken one says is the answer.
 *  Rejects when one of them brings no answer.
 *  @param ask  the request for a place */
export async function fetchPage(
  first: Place,
  ask: (place: Place) => HttpRequest | Promise<HttpRequest>,
  signal: AbortSignal,
): Promise<Page> {
  let place = first;
  for (let hops = 0; ; hops++) {
    const answer = await exchange(await ask(place), signal);
    const next = REDIRECTS.includes(answer.status)
      ? redirected(place, answer)
      : undefined;
    if (next === undefined || hops === MOST_REDIRECTS) return { answer, hops };
    place = next;
  }
}

/** The place that a whole URL names. Throws when its user cannot be sent. */
export function placeOf(url: URL): Place {
  return {
    url,
    path: escapePath(`${url.pathname}${url.search}`),
    hostHeader: url.host,
    authorization: authorizationOf(url),
    nameHost: url.hostname,
  };
}

/** Bytes that stand for themselves in a path or query, `%` included; all others are
 *  escaped, brackets too, and blanks at the end are none of it (as libwww-perl has it). A
 *  fragment is never sent. */
export function escapePath(request: string): string {
  const [path = ''] = request.split('#', 1);
  const trimmed = path.replace(/[ \t\r\n]+$/, '');
  return trimmed.replace(/[^\w;/?:@&=+$,\-.!~*'()%]/g, escapeByte);
}

/** Asks the host in the place's URL itself. Rejects when `tls-ca` cannot be read. */
export async function directRequest(
  { url, path, hostHeader, authorization, nameHost }: Place,
  target: CheckTarget,
): Promise<HttpRequest> {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  return {
    // Where a redirect leads elsewhere, nobody expects a PROXY header.
    ...(isOf(target, url.hostname, port) ? peerOf(target) : { host, port }),
    tls: secure ? await tlsSettings(target, nameHost) : undefined,
    method: target.httpmethod,
    path,
    hostHeader,
    authorization,
    bodyLimit: target.bodyLimit,
  };
}

function isOf(target: CheckTarget, hostname: string, port: number): boolean {
  const own = new URL(`http://${endpoint(target.address, target.port)}/`);
  return own.hostname === hostname && target.port === port;
}

/** Without being asked for it, as libwww-perl does. Source: RFC 7617, observed. */
function authorizationOf(url: URL): string | undefined {
  const login = urlLogin(url);
  if (login === undefined) return undefined;
  if (login.user.includes(':'))
    throw new Error('the user in the URL: expected one without a colon, as in "scott"');
  const words = Buffer.from(`${login.user}:${login.password}`, 'latin1');
  return `Basic ${words.toString('base64')}`;
}

function redirected(from: Place, answer: HttpAnswer): Place | undefined {
  const [location] = answer.headers.get('location') ?? [];
  if (location === undefined || !URL.canParse(location, from.url.href))
    return undefined;
  const url = new URL(location, from.url);
  return url.protocol === 'http:' || url.protocol === 'https:'
    ? placeOf(url)
    : undefined;
}
