import { isIP } from 'node:net';
import { endpoint } from '../../model/address.ts';
import type { Check, CheckTarget } from '../../model/check.ts';
import { describe } from '../message.ts';
import { wholeUrl } from '../whole-url.ts';
import {
  directRequest,
  escapePath,
  fetchPage,
  type Place,
  placeOf,
} from './http-fetch.ts';
import { judgePage } from './http-verdict.ts';

/** `service = http` and `https`: up when the page comes with 2xx, and its body matches where
 *  there is a receive. Redirects are followed, up to 7. The time-out covers all of it; when it
 *  strikes within the body, what came counts. Source: ldirectord(8), observed. */
export const httpCheck: Check = async (target, context) => {
  try {
    const page = await fetchPage(
      firstPlace(target),
      (place) => directRequest(place, target),
      context.signal,
    );
    return await judgePage(page, target, context);
  } catch (error) {
    return { up: false, message: describe(error) };
  }
};

/** A request with `SERVICE://` in it is the whole URL; the Host header is the same even then. */
function firstPlace(target: CheckTarget): Place {
  const { address, service, virtualhost } = target;
  const own = endpoint(address, target.port);
  const request = target.request.replace(/^\//, '');
  const absolute = request.includes(`${service}://`);
  const url = absolute ? wholeUrl(request) : new URL(`${service}://${own}/`);
  // Not quoted in the error: a URL may hold a password.
  if (url === undefined)
    throw new Error(
      `request: expected a whole URL, as in "${service}://www.example.com/"`,
    );
  const place = placeOf(url);
  return {
    ...place,
    path: absolute ? place.path : `/${escapePath(request)}`,
    hostHeader: virtualhost ?? (isIP(address) === 6 ? `[${address}]` : address),
    nameHost: virtualhost ?? place.nameHost,
  };
}
