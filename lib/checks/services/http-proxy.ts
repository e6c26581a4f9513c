import type { Check, CheckTarget } from '../../model/check.ts';
import { describe } from '../message.ts';
import { peerOf } from '../socket.ts';
import { wholeUrl } from '../whole-url.ts';
import type { HttpRequest } from './http-exchange.ts';
import { directRequest, fetchPage, type Place, placeOf } from './http-fetch.ts';
import { judgePage } from './http-verdict.ts';

/** `service = http_proxy`: up when the real server, asked as a proxy, brings the page that
 *  the request names. Judged and redirected as http; virtualhost is not used. A redirect to
 *  https is followed past the proxy, as ldirectord does. Source: ldirectord(8), observed. */
export const httpProxyCheck: Check = async (target, context) => {
  try {
    const page = await fetchPage(
      firstPlace(target),
      (place) => request(place, target),
      context.signal,
    );
    return await judgePage(page, target, context);
  } catch (error) {
    return { up: false, message: describe(error) };
  }
};

function firstPlace({ request }: CheckTarget): Place {
  const url = wholeUrl(request);
  // Not quoted in the error: a URL may hold a password.
  if (url === undefined || !/^\/?http:\/\//i.test(request))
    throw new Error('request: expected a whole URL, as in "http://www.example.com/"');
  return placeOf(url);
}

/** The whole URL stands in the request line (RFC 9112, 3.2.2), but user and password in the
 *  header only: proxies note the line in their logs. */
function request(
  place: Place,
  target: CheckTarget,
): HttpRequest | Promise<HttpRequest> {
  const { url, path, hostHeader, authorization } = place;
  if (url.protocol === 'https:') return directRequest(place, target);
  return {
    ...peerOf(target),
    method: target.httpmethod,
    path: `http://${url.host}${path}`,
    hostHeader,
    authorization,
    bodyLimit: target.bodyLimit,
  };
}
