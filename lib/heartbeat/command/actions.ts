import { setTimeout as sleep } from 'node:timers/promises';
import { writeFifo } from '../local/fifo.ts';
import { isAlive, readPid } from '../local/pid-file.ts';
import { isHold } from '../ownership/hold.ts';
import { askStatus } from '../process/status-socket.ts';
import { viewText } from '../process/view.ts';
import type { Message } from '../wire/message.ts';
import { EXIT } from './exit.ts';
import { filesRead } from './files-read.ts';
import type { Action, Words } from './words.ts';

/** What all scripts together may take. */
const STOP_MS = 600_000;
const LOOK_MS = 100;

export const configtest: Action = async (words) =>
  (await filesRead(words)) ? EXIT.done : EXIT.failed;

export const status: Action = async ({ files, json }) => {
  const view = await askStatus(files.status);
  if (!view) return notRunning();
  process.stdout.write(json ? `${JSON.stringify(view, null, 2)}\n` : viewText(view));
  return EXIT.done;
};

/** `-s`, in Heartbeat's words. */
export const letterStatus: Action = async ({ files }) => {
  const pid = await daemonOf(files);
  if (pid === undefined) return notRunning();
  process.stdout.write(`heartbeat OK [pid ${pid} et al] is running\n`);
  return EXIT.done;
};

export const stop: Action = async ({ files }) => {
  const pid = await daemonOf(files);
  if (pid === undefined) return EXIT.done;
  process.kill(pid, 'SIGTERM');
  const limit = performance.now() + STOP_MS;
  while (isAlive(pid)) {
    if (performance.now() > limit)
      throw new Error(
        `process ${pid} has not ended within ${STOP_MS / 1000} s: a script hangs; the log names it`,
      );
    await sleep(LOOK_MS);
  }
  return EXIT.done;
};

export const reload: Action = async ({ files }) => {
  const pid = await daemonOf(files);
  if (pid === undefined) return notRunning();
  process.kill(pid, 'SIGHUP');
  return EXIT.done;
};

/** As hb_standby does it. */
export const standby: Action = ({ files, words: [part = 'all'] }) => {
  if (part !== 'failback') checkPart(part);
  return tell(files, [
    ['t', 'ask_resources'],
    ['rsc_hold', part],
    ['info', 'me'],
  ]);
};

/** As hb_takeover does it. */
export const takeover: Action = ({ files, words: [part = 'all'] }) => {
  checkPart(part);
  return tell(files, [
    ['t', 'hb_takeover'],
    ['rsc_hold', part],
  ]);
};

function checkPart(part: string): void {
  if (!isHold(part) || part === 'none')
    throw new TypeError(`"${part}": expected all, local or foreign`);
}

async function tell(files: Words['files'], message: Message): Promise<number> {
  try {
    await writeFifo(files.fifo, message);
    return EXIT.done;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // open's, and write's.
    if (code === 'ENOENT' || code === 'ENXIO') return notRunning();
    throw error;
  }
}

/** Its process id: asked of the daemon itself; of one that does not answer, its pid file has it. */
async function daemonOf(files: Words['files']): Promise<number | undefined> {
  const view = await askStatus(files.status).catch(() => undefined);
  return view?.pid ?? (await readPid(files.pid));
}

function notRunning(): number {
  process.stderr.write('heartbeat is stopped. No process\n');
  return EXIT.failed;
}
