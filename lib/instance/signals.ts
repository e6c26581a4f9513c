/** What a signal asks the director to do. */
export type SignalWish = 'stop' | 'reload' | 'reopen' | 'upgrade' | 'nothing';

/** What the director does at a signal. USR1 has a handler so that Node never opens its inspector;
 *  XFSZ is met as a full disk. Signals that tell of a fault in the process (SEGV, ABRT ...) keep
 *  their default, a core dump, where ldirectord would stop in order. SIGPIPE is ignored by Node
 *  itself. Handlers and manual come from here. */
export const SIGNALS = {
  SIGTERM: 'stop',
  SIGINT: 'stop',
  SIGQUIT: 'stop',
  SIGXCPU: 'stop',
  SIGHUP: 'reload',
  SIGUSR1: 'reopen',
  SIGUSR2: 'reopen',
  SIGXFSZ: 'nothing',
  SIGWINCH: 'upgrade',
} as const satisfies Partial<Record<NodeJS.Signals, SignalWish>>;

/** The same in words. */
export const SIGNAL_WORDS: Readonly<Record<SignalWish, string>> = {
  stop: 'Stop in order, as the cleanstop of each service says; a second one ends it at once.',
  reload: 'Read the config again.',
  reopen: 'Open the log anew; rotation by rename needs none.',
  upgrade:
    'Have the program that is installed now take its place; not where a terminal may send it.',
  nothing: 'Nothing: it is met as a full disk.',
};
