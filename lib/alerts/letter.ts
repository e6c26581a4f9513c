import { type Mailbox, mailboxes } from './addresses.ts';
import type { Mail } from './mail.ts';

/** A mail as it travels. */
export interface Letter {
  /** Envelope sender; '' for none. */
  readonly from: string;
  /** Envelope recipients; empty when `to` holds no address. */
  readonly to: readonly string[];
  /** Header and body; lines end in LF. */
  readonly message: string;
}

/** Header and body by RFC 5322. ASCII stays as it is, unfolded, since people search for it;
 *  what is not goes as base64, encoded words (RFC 2047) in the header. */
export function letterOf(mail: Mail): Letter {
  const to = mailboxes(mail.to);
  const from = mailboxes(mail.from ?? '');
  const ascii = isAscii(mail.text);
  const headers = [
    ...(mail.from === undefined ? [] : [`From: ${written(mail.from, from)}`]),
    `To: ${written(mail.to, to)}`,
    `Subject: ${isAscii(mail.subject) ? mail.subject : encodedWords(mail.subject)}`,
    `Date: ${mail.date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${mail.id}`,
    'Auto-Submitted: auto-generated', // no answer from a holiday responder
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${ascii ? '7bit' : 'base64'}`,
  ];
  const body = ascii ? mail.text : base64(mail.text);
  return {
    from: from[0]?.address ?? '',
    to: to.map(({ address }) => address),
    message: `${headers.join('\n')}\n\n${body}`,
  };
}

function isAscii(text: string): boolean {
  return /^[\n -~]*$/.test(text);
}

/** A field longer than this is folded. */
const LINE_LIMIT = 900;

function written(text: string, boxes: readonly Mailbox[]): string {
  if (isAscii(text) && text.length <= LINE_LIMIT) return text;
  return boxes
    .map(({ name, address }) => `${name && `${encodedWords(name)} `}<${address}>`)
    .join(',\n ');
}

/** Longest text of an encoded word: 75 characters with its frame. */
const WORD_BYTES = 45;

/** A character is never cut in two. */
function encodedWords(text: string): string {
  const words = [''];
  for (const character of text) {
    const longer = `${words.at(-1)}${character}`;
    if (Buffer.byteLength(longer) > WORD_BYTES) words.push(character);
    else words[words.length - 1] = longer;
  }
  return words
    .map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`)
    .join('\n ');
}

function base64(text: string): string {
  const all = Buffer.from(text).toString('base64');
  return `${all.match(/.{1,76}/g)?.join('\n') ?? ''}\n`;
}
