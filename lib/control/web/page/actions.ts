import type { Override, RealRef } from '../../../model/override.ts';
import type { ChangedAnswer, SessionInfo } from '../wire.ts';
import { ask, reasonOf } from './api.ts';
import { lasting } from './format.ts';
import { toast } from './toast.ts';

/** What may be done with a real server. */
export type Order =
  | { readonly type: 'weight'; readonly weight: number | null }
  | { readonly type: 'drain'; readonly withinSeconds: number }
  | { readonly type: 'maintenance' }
  | { readonly type: 'ready' };

/** What somebody is asked before it is done. */
export interface Question {
  readonly title: string;
  readonly text: string;
  readonly verb: string;
}

export function questionOf(order: Order, { real }: RealRef): Question {
  switch (order.type) {
    case 'weight':
      return {
        title:
          order.weight === null
            ? `Give ${real} the file's weight again?`
            : `Set the weight of ${real} to ${order.weight}?`,
        text: 'It counts for new connections from now on. Those that are open stay.',
        verb: 'Set weight',
      };
    case 'drain':
      return {
        title: `Drain ${real}?`,
        text:
          order.withinSeconds === 0
            ? 'It gets no new clients, and its connections are ended now.'
            : `It gets no new clients. Connections that are left after ${deadline(order.withinSeconds)} are ended. It stays in drain until it is enabled.`,
        verb: 'Drain',
      };
    case 'maintenance':
      return {
        title: `Put ${real} into maintenance?`,
        text: 'It gets no connections, whatever its checks say, until it is enabled.',
        verb: 'Put into maintenance',
      };
    case 'ready':
      return {
        title: `Enable ${real}?`,
        text: 'It gets connections again as soon as its check is good.',
        verb: 'Enable',
      };
  }
}

export function deadline(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : lasting(seconds);
}

/** Does it, and offers to take it back.
 *  @throws Refusal */
export async function give(
  order: Order,
  ref: RealRef,
  session: SessionInfo,
): Promise<void> {
  const { before, warning } =
    order.type === 'drain'
      ? await ask<ChangedAnswer>('POST', '/api/drain', {
          body: {
            service: ref.service,
            real: ref.real,
            withinSeconds: order.withinSeconds,
          },
          session,
        })
      : await change(ref, wishOf(order), session);
  toast(doneText(order, ref), {
    label: `Undo: ${doneText(order, ref)}`,
    run: () => void putBack(ref, before, session),
  });
  warn(doneText(order, ref), warning);
}

async function putBack(
  ref: RealRef,
  before: Override | null,
  session: SessionInfo,
): Promise<void> {
  const wish = { state: before?.state ?? 'ready', weight: before?.weight ?? null };
  try {
    const { warning } = await change(ref, wish, session);
    toast(`${ref.real} is as it was before`);
    warn(`${ref.real} as before`, warning);
  } catch (error) {
    toast(`${ref.real} could not be put back: ${reasonOf(error)}`, undefined, 'bad');
  }
}

function warn(done: string, warning: string | undefined): void {
  if (warning !== undefined) toast(`${done}: ${warning}`, undefined, 'bad');
}

function change(
  { service, real }: RealRef,
  wish: object,
  session: SessionInfo,
): Promise<ChangedAnswer> {
  return ask('PATCH', '/api/real', { body: { service, real, ...wish }, session });
}

function wishOf(order: Exclude<Order, { type: 'drain' }>): object {
  return order.type === 'weight' ? { weight: order.weight } : { state: order.type };
}

function doneText(order: Order, { real }: RealRef): string {
  switch (order.type) {
    case 'weight':
      return order.weight === null
        ? `${real} has the file's weight`
        : `${real} has weight ${order.weight}`;
    case 'drain':
      return `${real} is draining`;
    case 'maintenance':
      return `${real} is in maintenance`;
    case 'ready':
      return `${real} is enabled`;
  }
}
