import { isIP } from 'node:net';
import { missingPackage } from '../model/packages.ts';
import type { DnsOptions, DnsServer, RealsFrom } from '../model/reals-from.ts';
import { methodNamed } from './fallback-line.ts';
import { expected } from './values.ts';

const MOST_NAMES = 32;
const MOST_SERVERS = 8;
const LARGEST_WEIGHT = 65_535;
const ADDRESS_EXAMPLE = 'www.example.com:80 masq 1';
const SRV_EXAMPLE = '_http._tcp.example.com masq';
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** `www.example.com:80 masq 5, _http._tcp.example.com masq`; none for `no`. */
export function realsFrom(text: string): readonly RealsFrom[] {
  if (text === 'no') return [];
  const lacking = missingPackage('dns-packet');
  if (lacking !== undefined) throw new RangeError(`it needs ${lacking}`);
  const all = text.split(',').map((entry) => realFrom(entry.trim()));
  if (all.length > MOST_NAMES)
    return expected(`at most ${MOST_NAMES} names`, ADDRESS_EXAMPLE);
  const twice = all.find(({ name, port }, at) =>
    all.slice(0, at).some((one) => one.name === name && one.port === port),
  );
  if (twice) return expected(`${twice.name} once`, ADDRESS_EXAMPLE);
  return all;
}

function realFrom(entry: string): RealsFrom {
  const [place = '', ...words] = entry.split(/\s+/);
  if (isAddress(place))
    return expected(
      'a name; an address stands in a line of the service itself, as in "real = 10.0.0.2:80 masq", and here a name does',
      ADDRESS_EXAMPLE,
    );
  return place.startsWith('_') ? srv(place, words) : addresses(place, words);
}

/** With a port or without. */
function isAddress(place: string): boolean {
  const bare = place.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return isIP(place) !== 0 || isIP(bare) !== 0;
}

function srv(place: string, [word = '', ...more]: readonly string[]): RealsFrom {
  const method =
    methodNamed(word) ?? expected('a name and gate, masq or ipip', SRV_EXAMPLE);
  if (place.includes(':') || more.length > 0)
    return expected('neither port nor weight, since SRV records say both', SRV_EXAMPLE);
  const name = wholeName(place, SRV_EXAMPLE);
  return { name, method, port: undefined, weight: undefined };
}

function addresses(place: string, words: readonly string[]): RealsFrom {
  const [word = '', weight, ...more] = words;
  const method = methodNamed(word);
  if (method === undefined || more.length > 0)
    return expected(
      'a name with a port, gate, masq or ipip, and a weight',
      ADDRESS_EXAMPLE,
    );
  const [written = '', port, ...rest] = place.split(':');
  const name = wholeName(written, ADDRESS_EXAMPLE);
  if (!isPort(port) || rest.length > 0)
    return expected('a port, 1 to 65535, behind the name', ADDRESS_EXAMPLE);
  return { name, method, port: Number(port), weight: weightOf(weight) };
}

function isPort(text: string | undefined): boolean {
  const number = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  return number >= 1 && number <= 65_535;
}

function weightOf(text = '1'): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  return number <= LARGEST_WEIGHT
    ? number
    : expected(`a weight, 0 to ${LARGEST_WEIGHT}`, ADDRESS_EXAMPLE);
}

/** Source of the limits: RFC 1035, 2.3.4. */
function wholeName(text: string, example: string): string {
  const name = text.toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  const isName = name.length <= 253 && labels.every((label) => LABEL.test(label));
  const last = labels.at(-1) ?? '';
  return isName && !/^(?:\d+|0x[\da-f]*)$/.test(last)
    ? name
    : expected('a whole name of letters, digits, - and _, with dots between', example);
}

/** `10.0.0.53, [2001:db8::53]:5353`; none for `system`. */
export function dnsServers(text: string): readonly DnsServer[] {
  if (text === 'system') return [];
  const all = text.split(',').map((one) => dnsServer(one.trim()));
  return all.length <= MOST_SERVERS
    ? all
    : expected(`at most ${MOST_SERVERS} name servers`, '10.0.0.53, 10.0.1.53');
}

function dnsServer(text: string): DnsServer {
  const [, six = '', four = '', port = '53'] =
    /^(?:\[(.+)\]|([\d.]+))(?::(\d+))?$/.exec(text) ?? [];
  const isRead = isIP(six) === 6 || isIP(four) === 4;
  if (isIP(text) === 6) return { address: text, port: 53 };
  return isRead && isPort(port)
    ? { address: six || four, port: Number(port) }
    : expected(
        'system, or addresses of name servers with commas between',
        '10.0.0.53, [2001:db8::53]:5353',
      );
}

/** What an empty answer does. */
export function whenEmpty(text: string): DnsOptions['empty'] {
  return text === 'keep' || text === 'remove'
    ? text
    : expected('keep or remove', 'keep');
}

/** 1 to 1000. */
export function mostServers(text: string): number {
  const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= 1000
    ? number
    : expected('how many servers, 1 to 1000', '100');
}
