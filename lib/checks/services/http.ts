import { isIP } from 'node:net';
import { endpoint } from '../../model/address.ts';
import type {
  Check,
  CheckContext,
  CheckResult,
  CheckTarget,
} from '../../model/check.ts';
import { describe, oneLine } from '../message.ts';
import { tlsSettings } from '../tls.ts';
import { exchange, type HttpAnswer, type HttpRequest } from './http-exchange.ts';

const MOST_REDIRECTS = 7;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Where a request goes: the real server at first, anywhere after a redirect. */
interface Place {
  readonly url: URL;
  readonly path: string;
  readonly hostHeader: string;
  /** Whose name TLS asks for. */
  readonly nameHost: string;
}

/** `service = http` and `https`: up when the page comes with 2xx, and its body matches where
 *  there is a receive. Redirects are followed, up to 7. The time-out covers all of it; when it
 *  strikes within the body, what came counts. Source: ldirectord(8), observed. */
export const httpCheck: Check = async (target, context) => {
  try {
    let place = firstPlace(target);
    for (let hops = 0; ; hops++) {
      const answer = await exchange(await request(place, target), context.signal);
      const next = REDIRECTS.includes(answer.status)
        ? redirected(place, answer)
        : undefined;
      if (next === undefined || hops === MOST_REDIRECTS)
        return await judge(answer, target, context, hops);
      place = next;
    }
  } catch (error) {
    return { up: false, message: describe(error) };
  }
};

/** A request with `SERVICE://` in it is the whole URL; the Host header is the same even then. */
function firstPlace(target: CheckTarget): Place {
  const { address, service } = target;
  const own = endpoint(address, target.port);
  const request = target.request.replace(/^\//, '');
  const absolute = request.includes(`${service}://`);
  if (target.port === 0 && !absolute)
    throw new Error('no port to ask: give the real server one, or set checkport');
  const url = new URL(absolute ? request : `${service}://${own}/`);
  return {
    url,
    path: absolute ? pathOf(url) : `/${escapePath(request)}`,
    hostHeader: target.virtualhost ?? (isIP(address) === 6 ? `[${address}]` : address),
    nameHost: target.virtualhost ?? url.hostname,
  };
}

/** Characters that stand for themselves in a URI, `%` included; all others are escaped
 *  (RFC 2396, as libwww-perl has it). A fragment is never sent. */
function escapePath(request: string): string {
  const [path = ''] = request.split('#', 1);
  return path.replace(/[^\w;/?:@&=+$,[\]\-.!~*'()%]/gu, encodeURIComponent);
}

function pathOf(url: URL): string {
  return `${url.pathname}${url.search}`;
}

function redirected(from: Place, answer: HttpAnswer): Place | undefined {
  const location = answer.headers.get('location');
  if (location === undefined || !URL.canParse(location, from.url.href))
    return undefined;
  const url = new URL(location, from.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  return { url, path: pathOf(url), hostHeader: url.host, nameHost: url.hostname };
}

async function request(place: Place, target: CheckTarget): Promise<HttpRequest> {
  const { url, path, hostHeader, nameHost } = place;
  const secure = url.protocol === 'https:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 443 : 80),
    tls: secure ? await tlsSettings(target, nameHost) : undefined,
    method: target.httpmethod,
    path,
    hostHeader,
    bodyLimit: target.bodyLimit,
  };
}

async function judge(
  answer: HttpAnswer,
  target: CheckTarget,
  context: CheckContext,
  hops: number,
): Promise<CheckResult> {
  const { receive } = target;
  const came = oneLine(`${answer.status} ${answer.reason}`, 80);
  const after = hops === 0 ? '' : ` (after ${hops} redirect${hops === 1 ? '' : 's'})`;
  if (answer.status < 200 || answer.status > 299)
    return { up: false, message: `${came}: expected 2xx${after}` };
  if (receive === undefined || receive.perl === '')
    return { up: true, message: `${came}${after}` };
  if (answer.tooLong)
    return {
      up: false,
      message: `body of more than ${count(target.bodyLimit)}: not matched against receive`,
    };
  const body = answer.body.toString('latin1');
  if (await context.matches(receive, body))
    return { up: true, message: `${came}${after}` };
  const pattern = `/${oneLine(receive.perl, 80)}/`;
  if (target.httpmethod === 'HEAD')
    return {
      up: false,
      message: `HEAD brings no body, so ${pattern} cannot match: expected httpmethod=GET`,
    };
  return {
    up: false,
    message: `body of ${count(body.length)} does not match ${pattern}${start(body)}${after}`,
  };
}

function count(bytes: number): string {
  return `${bytes.toLocaleString('en')} byte${bytes === 1 ? '' : 's'}`;
}

function start(body: string): string {
  const text = oneLine(body, 60);
  return text === '' ? '' : ` (starts with "${text}")`;
}
