/** An action of the command line, as it is told of: help, manual and completion come from its row. */
export interface Command {
  /** As people type it, without the program's name. */
  readonly typed: string;
  /** One line. */
  readonly summary: string;
  /** Sentences for the manual. */
  readonly detail?: string;
  /** What may follow it. */
  readonly operands?: readonly string[];
}

const PARTS = ['all', 'local', 'foreign'] as const;

/** By the word that names the action. */
const ROWS = {
  start: {
    typed: '[start]',
    summary: 'the node, in the foreground, until SIGTERM',
    detail:
      'Addresses of haresources that are on this host are removed before anything else: this node has not been given them.',
  },
  stop: {
    typed: '-k, stop',
    summary: 'everything is given up in order; waits until it has ended',
  },
  reload: {
    typed: '-r, reload',
    summary: 'reads authkeys again',
    detail:
      'Bad ones change nothing. The log says when another file has changed and needs a restart.',
  },
  '-s': {
    typed: '-s',
    summary: '0 and a line when it runs, else 1',
  },
  status: {
    typed: 'status [--json]',
    summary: 'this node, the other one, links, and who has what',
  },
  standby: {
    typed: 'standby [PART]',
    summary: 'gives PART to the other node: all, local, foreign, failback',
    detail:
      'Without PART all. `local` is what haresources gives to this node, `foreign` what it gives to the other one; `failback` gives that back.',
    operands: [...PARTS, 'failback'],
  },
  takeover: {
    typed: 'takeover [PART]',
    summary: 'takes PART from the other node',
    detail: 'Without PART all.',
    operands: PARTS,
  },
  configtest: {
    typed: 'configtest',
    summary: 'reads ha.cf, authkeys and haresources, and says what is wrong',
  },
  release: {
    typed: 'release',
    summary: 'stops what haresources names here; for a daemon that was killed',
    detail: 'Refused while the daemon runs.',
  },
} as const satisfies Record<string, Command>;

/** A letter of Heartbeat's that is no word here. */
type Letter = '-s';

export type ActionName = Exclude<keyof typeof ROWS, Letter>;

export const COMMANDS: Readonly<Record<string, Command>> = ROWS;
