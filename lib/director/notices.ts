import type { AlertState, Notice, Subject } from '../alerts/notice.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import type { PoolChange, TableChange } from '../pool/change.ts';
import { causeText, changeText, heldText, reserveText } from './log-lines.ts';

/** Whether the server is out of service after it. */
const OUT = {
  added: false,
  restored: false,
  reweighed: false,
  quiesced: true,
  'readd-quiesced': true,
  deleted: true,
  purged: false,
} as const satisfies Record<TableChange['type'], boolean>;

/** What people are told of a change; undefined for one that they are not.
 *  @param at  wall clock, milliseconds since 1970 */
export function noticeOf(
  service: VirtualService,
  change: PoolChange,
  state: AlertState,
  at: number,
): { readonly notice: Notice; readonly about: Subject | undefined } | undefined {
  if (change.type === 'held') {
    const finding = causeText(service, change);
    const notice = { subject: heldText(service, change), finding, state, at };
    return { notice, about: undefined };
  }
  if (change.type === 'reserve-up' || change.type === 'reserve-down') {
    const subject = reserveText(service, change);
    const finding = causeText(service, change);
    const about = { real: change.server, out: change.type === 'reserve-down' };
    return { notice: { subject, finding, state, at }, about };
  }
  if (!isTableChange(change) || change.type === 'reweighed') return undefined;
  const { type, server, fallback, role } = change;
  // That one which has stepped out is empty is for the log.
  if (role && type === 'deleted') return undefined;
  // To ldirectord's mails the second is the first.
  const told =
    type === 'readd-quiesced' ? { ...change, type: 'quiesced' as const } : change;
  const subject = changeText(service, told);
  const finding = causeText(service, change);
  const about = fallback || role ? undefined : { real: server, out: OUT[type] };
  return { notice: { subject, finding, state, at }, about };
}

function isTableChange(change: PoolChange): change is TableChange {
  return Object.hasOwn(OUT, change.type);
}
