import { SIGNALS, type SignalWish } from '../instance/signals.ts';

export interface Signals {
  /** From now on they go to `handler`; those that came before are told at once.
   *  @param handler  gets the name without SIG, as the log writes it */
  attach(handler: (wish: SignalWish, signal: string) => void): void;
}

const EARLY_LIMIT = 16;

/** Catches all signals of the table from this moment on, before there is anything to act on. */
export function catchSignals(): Signals {
  const early: [SignalWish, string][] = [];
  let deliver = (wish: SignalWish, signal: string): void => {
    if (early.length < EARLY_LIMIT) early.push([wish, signal]);
  };
  for (const [signal, wish] of Object.entries(SIGNALS))
    process.on(signal, () => deliver(wish, signal.replace('SIG', '')));
  return {
    attach(handler) {
      deliver = handler;
      for (const [wish, signal] of early.splice(0)) handler(wish, signal);
    },
  };
}
