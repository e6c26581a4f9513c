import type { ForwardingMethod } from '../model/virtual-service.ts';
import { expected, type ValueParser } from './values.ts';

/** A fallback as written. */
export interface FallbackLine {
  /** Empty: the loopback address, as getaddrinfo has it. */
  readonly host: string;
  /** Number or name; undefined: none given. */
  readonly port: string | undefined;
  readonly method: ForwardingMethod;
}

const METHODS: readonly ForwardingMethod[] = ['gate', 'masq', 'ipip'];

/** The last one or two words of the value; what precedes them is skipped. */
export const parseFallback: ValueParser<FallbackLine> = (value, note) => {
  const words = value.split(/[ \t\v\f\r]+/).filter((word) => word !== '');
  const [server = '', word] = words.slice(-2);
  if (words.length > 2) note(`only "${server} ${word}" of it is taken`);
  if (word === '0') note('0 for the forwarding method is taken as gate');
  const method =
    word === undefined || word === '0'
      ? 'gate'
      : METHODS.find((known) => known === word);
  if (method === undefined)
    return expected('gate, masq or ipip after the address', '127.0.0.1:80 gate');
  const port = /:([0-9A-Za-z_-]+)$/.exec(server);
  const host = port === null ? server : server.slice(0, port.index);
  if (host === '') note('without an address it is the loopback address');
  if (host === '*') note('* is the loopback address');
  return { host, port: port?.[1], method };
};

/** The forwarding method of that name. */
export function methodNamed(name: string): ForwardingMethod | undefined {
  return METHODS.find((known) => known === name);
}
