import { randomUUID } from 'node:crypto';
import { ctime } from '../model/ctime.ts';
import { serviceLabel, type VirtualService } from '../model/virtual-service.ts';
import type { Digest } from './digest.ts';

/** One mail, as text. */
export interface Mail {
  /** Mail server; undefined: the local mailer. */
  readonly smtp: string | undefined;
  /** Addresses, separated by commas. */
  readonly to: string;
  /** Undefined: the local mailer decides. */
  readonly from: string | undefined;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly date: Date;
  /** With its angle brackets; stays the same over all attempts. */
  readonly id: string;
}

/** Who sends: `root` on `lb1`. */
export interface Sender {
  readonly user: string;
  readonly host: string;
}

/** Longest line in a mail; SMTP ends at 998 bytes. */
const LINE_LIMIT = 900;

/** What the log calls the mail about these changes: the change itself, or for several a count by
 *  kind, as in `3 changes of virtual server: V (2 Quiescent, 1 Added)`. */
export function mailSubject(service: VirtualService, digest: Digest): string {
  const [only] = digest.notices;
  if (only && digest.size === 1) return line(only.subject);
  const kinds = [...digest.counts]
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
  return `${digest.size} changes of virtual server: ${serviceLabel(service)} (${kinds})`;
}

/** The mail about changes of one service. Lines and their order are ldirectord's; what a check
 *  found, and the list of several changes, come after them. Whatever a value holds, each stays one
 *  line. Source: observed.
 *  @param digest  one change at least */
export function mailOf(
  service: VirtualService & { readonly emailalert: string },
  digest: Digest,
  sender: Sender,
): Mail {
  const { smtp, emailalert, emailalertfrom } = service;
  const last = digest.notices.at(-1);
  const at = new Date(last?.at ?? 0);
  const name = line(service.servicename ?? '');
  const about = mailSubject(service, digest);
  const subject = line(name === '' ? about : `[${name}] ${about}`);
  const own = smtp === undefined ? undefined : `${sender.user}@${sender.host}`;
  const text = [
    `ldirectord host: ${sender.host}`,
    `Log-Message: ${subject}`,
    `Daemon-Status: ${last?.state}`,
    ...details(digest),
    ...serviceLines(name, line(service.comment ?? '')),
  ];
  return {
    smtp,
    to: clean(emailalert),
    from: clean(emailalertfrom ?? '') || own,
    subject,
    text: `${text.join('\n')}\n`,
    date: at,
    id: `<${randomUUID()}@${sender.host}>`,
  };
}

function details({ notices, size }: Digest): readonly string[] {
  const [only] = notices;
  if (only && size === 1)
    return only.finding === undefined ? [] : [line(`Check: ${only.finding}`)];
  const listed = notices.map(({ at, subject, finding }) => {
    const found = finding === undefined ? '' : ` (${finding})`;
    return line(`${ctime(new Date(at))}: ${subject}${found}`);
  });
  const more = size - listed.length;
  return ['', ...listed, ...(more > 0 ? [`and ${more} more`] : [])];
}

function serviceLines(name: string, comment: string): readonly string[] {
  const lines = [
    ...(name === '' ? [] : [`Service name: ${name}`]),
    ...(comment === '' ? [] : [line(`Comment: ${comment}`)]),
  ];
  return lines.length === 0 ? [] : ['', ...lines, ''];
}

function line(text: string): string {
  const whole = clean(text);
  return whole.length > LINE_LIMIT ? `${whole.slice(0, LINE_LIMIT - 3)}...` : whole;
}

/** Control characters could begin a header of their own. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
