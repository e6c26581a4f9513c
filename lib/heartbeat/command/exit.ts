/** Exit codes; 6 is the one that Heartbeat has for a bad file: a unit need not try again. */
export const EXIT = { done: 0, failed: 1, usage: 2, inVain: 6 } as const;

export const EXIT_WORDS = {
  done: 'Done; with `-s` and `status`: it runs.',
  failed:
    'It failed, or the daemon does not run. With `configtest`: a file has errors.',
  usage: 'Wrong usage.',
  inVain:
    'A file has errors, or Heartbeat or another l4heartbeat runs on this host, and the daemon was not started. Trying again does not mend it.',
} as const satisfies Record<keyof typeof EXIT, string>;
