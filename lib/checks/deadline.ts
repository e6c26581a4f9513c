import { timerMs } from './timer-limit.ts';

/** Expires after that time, unless it is disposed of before. A timer that comes late shows that this
 *  process could not run (loaded, stopped); then the answer may be waiting unread, and it gets that time
 *  back, once. */
export function deadline(ms: number, expire: () => void): Disposable {
  const due = performance.now() + timerMs(ms);
  let timer = setTimeout(() => {
    const late = performance.now() - due;
    timer = setTimeout(expire, timerMs(Math.min(late, ms)));
  }, timerMs(ms));
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
