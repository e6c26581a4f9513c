import { type Phase, terminationCode } from './termination.ts';
import type { Trace } from './trace.ts';

/** How many connections there were when the line was written, the one that it is about among those of
 *  the process and the service only, as in HAProxy's lines. */
export interface Concurrency {
  readonly process: number;
  readonly service: number;
  readonly server: number;
}

/** One connection in HAProxy's tcplog form, with newline. Frontend and backend have the service's id, but where a
 *  name led the client on from another: that is the frontend. The name stands at the end then. The queue is one a
 *  service, so that there is none of a server.
 *  Source: HAProxy's configuration manual, "TCP log format"; 2.6 observed.
 *  @param bytes  sent by the server */
export function logLine(
  service: string,
  trace: Trace,
  bytes: number,
  concurrency: Concurrency,
): string {
  const { address, port, at, server, connectMs, elapsedMs, retries, ender } = trace;
  const { queueMs, ahead, frontend = service, host } = trace;
  const code = terminationCode(ender, phaseOf(trace));
  const { process, service: own, server: its } = concurrency;
  const counts = `${process}/${own}/${own - 1}/${its}/${retries > 0 ? '+' : ''}${retries}`;
  return `${numeric(address)}:${port} [${stamp(at)}] ${frontend} ${service}/${server?.id ?? '<NOSRV>'} ${queueMs}/${connectMs}/${elapsedMs} ${bytes} ${code} ${counts} 0/${ahead}${host === undefined ? '' : ` ${host}`}\n`;
}

function phaseOf({ connectMs, isWaiting }: Trace): Phase {
  if (connectMs >= 0) return 'data';
  return isWaiting ? 'queue' : 'connect';
}

const MAPPED = '::ffff:';

function numeric(address: string): string {
  return address.startsWith(MAPPED) && address.includes('.')
    ? address.slice(MAPPED.length)
    : address;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The last second that was asked for: most lines of a moment share one. */
let second = NaN;
let secondText = '';

/** `06/Feb/2009:12:12:51.443`, local. @param at  milliseconds since 1970 */
export function stamp(at: number): string {
  const now = Math.floor(at / 1000);
  if (now !== second) {
    second = now;
    secondText = wholeSecond(new Date(at));
  }
  return `${secondText}.${String(at - now * 1000).padStart(3, '0')}`;
}

function wholeSecond(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${two(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`;
  return `${day}:${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
