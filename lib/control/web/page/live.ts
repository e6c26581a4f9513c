import type { Message } from '../wire.ts';

/** What comes of the stream. */
export interface LiveHandlers {
  message(message: Message): void;
  /** It has come or gone. */
  connected(is: boolean): void;
  /** The server may have ended the session: ask it. */
  refused(): void;
}

/** The server says something once a second. */
const SILENCE_MS = 5_000;
const AGAIN_MS = 2_000;

/** Follows the director until it is closed, over every loss of the connection. A page that nobody sees
 *  does not ask. */
export function followLive(handlers: LiveHandlers): { close(): void } {
  let source: EventSource | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;

  const lost = () => {
    handlers.connected(false);
    stop();
    again = setTimeout(open, AGAIN_MS);
  };
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE_MS);
  };
  function open(): void {
    stop();
    const own = new EventSource('/api/live');
    source = own;
    listen();
    own.onmessage = (event) => {
      listen();
      handlers.connected(true);
      handlers.message(JSON.parse(String(event.data)));
    };
    own.onerror = () => {
      if (own.readyState === EventSource.CLOSED) handlers.refused();
      lost();
    };
  }
  function stop(): void {
    clearTimeout(silence);
    clearTimeout(again);
    source?.close();
    source = undefined;
  }
  const seen = () => {
    if (document.hidden) stop();
    else open();
  };
  document.addEventListener('visibilitychange', seen);
  open();
  return {
    close() {
      document.removeEventListener('visibilitychange', seen);
      stop();
    },
  };
}
