import { createHash } from 'node:crypto';

/** Signs that stand for what a server cannot know beforehand. They are no bytes, so that a change of the text around
 *  them leaves them what they are. */
export const SIGN = {
  /** All that the client said last. */
  echo: '\u0200',
  /** The question of a DNS message. */
  question: '\u0201',
  /** The server's port as FTP writes it: `195,80`. */
  ftpPort: '\u0202',
  /** `ADDRESS:PORT` of the server. */
  place: '\u0203',
  /** The lines of a SIP request that an answer repeats. */
  sip: '\u0204',
  /** The client's nonce of SCRAM. */
  nonce: '\u0205',
  /** In front of a RADIUS packet: it is signed. */
  signed: '\u0207',
  /** In front of a message: its length in two bytes. */
  counted: '\u0208',
} as const;

const FIRST_BYTE = 0x100;

/** Stands for that byte of what the client said last, 0 to 255. */
export const byteOf = (at: number): string => String.fromCharCode(FIRST_BYTE + at);

/** What the signs stand for. */
export interface Situation {
  /** What the client said last. */
  readonly heard: Buffer;
  readonly place: string;
  readonly port: number;
  readonly secret: string;
}

/** The bytes that are said, latin1. */
export function spoken(text: string, now: Situation): string {
  const said = [...text].map((sign) => meaning(sign, now)).join('');
  if (text.startsWith(SIGN.signed)) return signed(said, now);
  if (text.startsWith(SIGN.counted))
    return String.fromCharCode((said.length >> 8) & 255, said.length & 255) + said;
  return said;
}

function meaning(sign: string, now: Situation): string {
  const code = sign.codePointAt(0) ?? 0;
  if (code < FIRST_BYTE) return sign;
  if (code < FIRST_BYTE + 256)
    return String.fromCharCode(now.heard[code - FIRST_BYTE] ?? 0);
  return MEANINGS[sign]?.(now) ?? '';
}

const MEANINGS: Readonly<Record<string, (now: Situation) => string>> = {
  [SIGN.echo]: ({ heard }) => heard.toString('latin1'),
  [SIGN.question]: ({ heard }) => heard.toString('latin1', isCounted(heard) ? 14 : 12),
  [SIGN.ftpPort]: ({ port }) => `${port >> 8},${port & 255}`,
  [SIGN.place]: ({ place }) => place,
  [SIGN.sip]: ({ heard }) =>
    (
      heard.toString('latin1').match(/^(?:Via|From|To|Call-ID|CSeq):.*\r\n/gm) ?? []
    ).join(''),
  [SIGN.nonce]: ({ heard }) => /r=([^,]+)/.exec(heard.toString('latin1'))?.[1] ?? '',
};

/** DNS over TCP. */
function isCounted(heard: Buffer): boolean {
  return heard.length > 2 && heard.readUInt16BE() === heard.length - 2;
}

/** Source: RFC 2865, 3. */
function signed(packet: string, { heard, secret }: Situation): string {
  const asked = heard.toString('latin1', 4, 20);
  const hash = createHash('md5');
  hash.update(packet.slice(0, 4) + asked + packet.slice(20) + secret, 'latin1');
  return packet.slice(0, 4) + hash.digest().toString('latin1') + packet.slice(20);
}
