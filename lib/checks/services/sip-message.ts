import { endpoint } from '../../model/address.ts';
import { excerpt } from '../excerpt.ts';
import { escapeByte } from '../whole-url.ts';

/** What an OPTIONS request says. */
export interface SipRequest {
  readonly transport: 'UDP' | 'TCP';
  /** Whom it is about, without `sip:`; any bytes that a config file can hold. */
  readonly who: string;
  /** This end of the socket, no brackets. */
  readonly own: { readonly address: string; readonly port: number };
  readonly branch: string;
  readonly tag: string;
  readonly callId: string;
  readonly cseq: string;
}

/** A response, as far as a check needs it. */
export interface SipAnswer {
  readonly status: number;
  /** "OK", as the server words it; not sanitised. */
  readonly reason: string;
  /** Undefined: the header is missing. */
  readonly callId: string | undefined;
  readonly cseq: string | undefined;
  /** Its characters, body included. */
  readonly length: number;
}

/** No more of a status line is looked at. */
const LONGEST_LINE = 1000;

/** OPTIONS, ready to be sent. Source: RFC 3261 8.1.1 and 11.1; RFC 3581 for rport. */
export function optionsText(request: SipRequest): string {
  const { transport, own, branch, tag, callId, cseq } = request;
  const here = endpoint(own.address, own.port);
  const who = `sip:${escapeUri(request.who)}`;
  const contact = transport === 'TCP' ? `${here};transport=tcp` : here;
  return [
    `OPTIONS ${who} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${here};branch=${branch};rport`,
    'Max-Forwards: 70',
    `From: <${who}>;tag=${tag}`,
    `To: <${who}>`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq}`,
    `Contact: <sip:${contact}>`,
    'Accept: application/sdp',
    'User-Agent: l4director',
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

/** Reads the first response of what came so far, latin1-decoded.
 *  @param secrets  words that no error may hold
 *  @returns undefined while it is incomplete
 *  Throws when it is no SIP response. Source: RFC 3261 7 and 7.5. */
export function parseSipAnswer(
  text: string,
  secrets: readonly string[],
): SipAnswer | undefined {
  const start = /^[\r\n]*/.exec(text)?.[0].length ?? 0;
  const [line = ''] = text.slice(start, start + LONGEST_LINE).split(/\r?\n/, 1);
  const version = 'SIP/2.0 ';
  if (!line.startsWith(version) && !version.startsWith(line))
    throw foreign(line, secrets);
  const head = /\r?\n\r?\n/.exec(text.slice(start));
  if (head === null) return undefined;
  const [, status, reason = ''] = /^SIP\/2\.0 (\d{3})(?: (.*))?$/.exec(line) ?? [];
  if (status === undefined) throw foreign(line, secrets);
  const headers = text.slice(start, start + head.index);
  const bodyLength =
    /^\d+$/.exec(field(headers, 'Content-Length', 'l') ?? '')?.[0] ?? 0;
  return {
    status: Number(status),
    reason,
    callId: field(headers, 'Call-ID', 'i'),
    cseq: field(headers, 'CSeq')?.replace(/\s+/, ' '),
    length: start + head.index + head[0].length + Number(bodyLength),
  };
}

function foreign(line: string, secrets: readonly string[]): Error {
  return new Error(`expected SIP/2.0 200, got "${excerpt(line, secrets, 80)}"`);
}

/** @param short  the name's compact form */
function field(headers: string, name: string, short = name): string | undefined {
  const found = new RegExp(`^(?:${name}|${short})[ \\t]*:(.*)$`, 'im').exec(headers);
  return found?.[1]?.trim();
}

/** No blank, line end or bracket of it may end the URI. */
function escapeUri(text: string): string {
  return text.replace(/[^\w.!~*'()&=+$,;?/%@:[\]-]/g, escapeByte);
}
