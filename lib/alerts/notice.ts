/** What the director was doing when something happened; `emailalertstatus` selects by it. */
export type AlertState = 'starting' | 'running' | 'stopping' | 'reloading';

/** One change that people may be told of. */
export interface Notice {
  /** In ldirectord's shape: `Quiescent real server: R (V) (Weight set to 0)`. */
  readonly subject: string;
  /** What the check found, one line; undefined: the configuration brought it about. */
  readonly finding: string | undefined;
  readonly state: AlertState;
  /** Wall clock, milliseconds since 1970. */
  readonly at: number;
}

/** The real server that a notice is about, and whether it is out of service from now on: then it
 *  is told of again each `emailalertfreq` seconds. */
export interface Subject {
  readonly real: string;
  readonly out: boolean;
}
