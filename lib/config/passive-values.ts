import type { Rate } from '../model/virtual-service.ts';
import { duration } from './duration.ts';
import { expected } from './values.ts';

/** Each may have to be remembered for the whole of the time. */
const MOST_FAILURES = 1000;

/** `5/30s`: so many failures, 1 to 1000, in a time. @returns undefined for `no` */
export function passive(text: string): Rate | undefined {
  if (text === 'no') return undefined;
  const [, number = '', time = ''] = /^(\d{1,4}) ?\/ ?([^/]+)$/.exec(text) ?? [];
  const connections = Number(number || 0);
  return connections >= 1 && connections <= MOST_FAILURES
    ? { connections, windowMs: duration(time) }
    : expected('no, or how many failures, 1 to 1000, in which time', '5/30s');
}
