/** What a signal asks the director to do. */
export type Wish = 'stop' | 'reload' | 'reopen' | 'nothing';

/** USR1 has a handler so that Node never opens its inspector; XFSZ is met as a full disk.
 *  Signals that tell of a fault in the process (SEGV, ABRT ...) keep their default, a core
 *  dump, where ldirectord would stop in order. SIGPIPE is ignored by Node itself. */
const WISHES = {
  SIGTERM: 'stop',
  SIGINT: 'stop',
  SIGQUIT: 'stop',
  SIGXCPU: 'stop',
  SIGHUP: 'reload',
  SIGUSR1: 'reopen',
  SIGUSR2: 'reopen',
  SIGXFSZ: 'nothing',
} as const satisfies Partial<Record<NodeJS.Signals, Wish>>;

export interface Signals {
  /** From now on they go to `handler`; those that came before are told at once.
   *  @param handler  gets the name without SIG, as the log writes it */
  attach(handler: (wish: Wish, signal: string) => void): void;
}

const EARLY_LIMIT = 16;

/** Catches all signals of the table from this moment on, before there is anything to act on. */
export function catchSignals(): Signals {
  const early: [Wish, string][] = [];
  let deliver = (wish: Wish, signal: string): void => {
    if (early.length < EARLY_LIMIT) early.push([wish, signal]);
  };
  for (const [signal, wish] of Object.entries(WISHES))
    process.on(signal, () => deliver(wish, signal.replace('SIG', '')));
  return {
    attach(handler) {
      deliver = handler;
      for (const [wish, signal] of early.splice(0)) handler(wish, signal);
    },
  };
}
