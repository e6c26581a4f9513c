import type { DrainEnd, Message } from '../wire.ts';
import { announce } from './announce.ts';
import { plural } from './format.ts';
import { createTimeline } from './timeline.ts';
import { toast } from './toast.ts';
import { eventWords } from './words.ts';

/** What happens, as it is told: in the timeline, to a screen reader, and of drains at their end. */
export interface News {
  readonly element: HTMLElement;
  take(message: Message): void;
}

export function createNews(): News {
  const timeline = createTimeline();
  return {
    element: timeline.element,
    take(message) {
      if (message.type === 'picture') timeline.replace(message.events);
      if (message.type === 'drained') tellDrained(message.drained);
      if (message.type !== 'event') return;
      timeline.add(message.event);
      const { title, detail } = eventWords(message.event);
      announce(`${title}, ${detail}`);
    },
  };
}

function tellDrained({ real, problem, ended, warning }: DrainEnd): void {
  const how =
    ended === 0 ? 'all ended by themselves' : `${plural(ended, 'connection')} ended`;
  toast(problem === null ? `${real} is empty: ${how}` : `Drain of ${real}: ${problem}`);
  if (warning !== undefined) toast(`${real} in drain: ${warning}`, undefined, 'bad');
}
