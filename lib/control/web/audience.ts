import type { ServerResponse } from 'node:http';
import type { DirectorEvent } from '../../model/event.ts';
import { changesBetween } from './changes.ts';
import { createViewer, type Viewer } from './viewer.ts';
import type { Message, Picture } from './wire.ts';

/** All who look, and what they saw last. */
export interface Audience {
  readonly size: number;
  /** Until the stream closes. @param welcome  as {@link createViewer} takes it */
  add(stream: ServerResponse, welcome: () => boolean): void;
  /** What has changed, or all of it to who needs that. */
  show(picture: Picture): void;
  tell(message: Message): void;
  /** There is no picture; the next one is whole. */
  trouble(message: string): void;
  /** Nobody has looked: what was seen last is old. */
  forget(): void;
  end(): void;
}

/** @param recent  what goes with a whole picture */
export function createAudience(recent: () => readonly DirectorEvent[]): Audience {
  const viewers = new Set<Viewer>();
  let seen: Picture | undefined;
  const whole = (picture: Picture) =>
    JSON.stringify({ type: 'picture', picture, events: recent() } satisfies Message);

  function tell(message: Message): void {
    if (viewers.size === 0) return;
    const text = JSON.stringify(message);
    for (const viewer of viewers) viewer.tell(text);
  }

  return {
    get size() {
      return viewers.size;
    },
    add(stream, welcome) {
      const viewer = createViewer(stream, welcome);
      viewers.add(viewer);
      stream.on('close', () => viewers.delete(viewer));
      if (seen) viewer.picture(whole(seen));
    },
    show(picture) {
      const changes = seen && changesBetween(seen, picture);
      const all = once(() => whole(picture));
      const news = once(() => JSON.stringify({ type: 'changes', changes }));
      seen = picture;
      for (const viewer of viewers)
        if (changes && viewer.wants !== 'picture') viewer.tell(news());
        else viewer.picture(all());
    },
    tell,
    trouble(message) {
      seen = undefined;
      const text = JSON.stringify({ type: 'trouble', message } satisfies Message);
      for (const viewer of viewers) viewer.warn(text);
    },
    forget() {
      seen = undefined;
    },
    end() {
      for (const viewer of viewers) viewer.end();
    },
  };
}

/** Made when it is first wanted, for all who do. */
function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
