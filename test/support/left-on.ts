import { getEventListeners } from 'node:events';

/** What somebody has left on a signal: listeners, and what `AbortSignal.any` keeps as long as the signal
 *  lives. */
export function leftOn(signal: AbortSignal): readonly unknown[] {
  const kept = Reflect.ownKeys(signal).filter((name) => /Dependant/.test(String(name)));
  return [...getEventListeners(signal, 'abort'), ...kept];
}
