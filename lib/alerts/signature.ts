import { createHmac } from 'node:crypto';

/** The headers by which a receiver knows who sent a body, and when: HMAC-SHA256 over the seconds since 1970,
 *  a dot and the body. The time is signed too, so that one who recorded a request cannot send it again
 *  for long. */
export function signatureHeaders(
  secret: Buffer,
  body: Buffer,
  now: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const digest = createHmac('sha256', secret)
    .update(`${timestamp}.`)
    .update(body)
    .digest('hex');
  return {
    'x-l4director-timestamp': timestamp,
    'x-l4director-signature': `sha256=${digest}`,
  };
}
