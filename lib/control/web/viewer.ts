import type { ServerResponse } from 'node:http';

/** One who looks at the page: an open stream of server-sent events. */
export interface Viewer {
  /** It has not taken what it was sent, or has lost something since: it needs a whole picture. */
  readonly wants: 'nothing yet' | 'picture' | 'changes';
  picture(text: string): void;
  /** Whether it has a picture or not. */
  warn(text: string): void;
  /** Is left out while it has not taken what was there before; a picture makes up for it. */
  tell(text: string): void;
  end(): void;
}

/** So many times it may be passed over. */
const PATIENCE = 20;

/** @param stream   whose headers have been sent
 *  @param welcome  asked at each message; false: it is sent away */
export function createViewer(stream: ServerResponse, welcome: () => boolean): Viewer {
  let behind = false;
  let lost = true;
  let passed = 0;
  stream.on('drain', () => {
    behind = false;
    passed = 0;
  });

  const write = (text: string) => {
    // One that was sent away stays until it has taken what is left.
    if (stream.writableEnded || stream.destroyed) return;
    behind = !stream.write(`data: ${text}\n\n`);
  };
  const passOver = () => {
    lost = true;
    if (++passed > PATIENCE) stream.destroy();
  };
  return {
    get wants() {
      if (behind) return 'nothing yet';
      return lost ? 'picture' : 'changes';
    },
    picture(text) {
      if (!welcome()) return void stream.end();
      if (behind) return passOver();
      lost = false;
      write(text);
    },
    warn(text) {
      if (!behind) write(text);
    },
    tell(text) {
      if (!welcome()) return void stream.end();
      if (behind) passOver();
      else if (!lost) write(text);
    },
    end: () => void stream.destroy(),
  };
}
