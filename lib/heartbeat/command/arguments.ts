import { parseArgs } from 'node:util';
import { type Places, STOCK } from '../local/files.ts';

/** What the command line says. */
export interface Arguments {
  /** Its words, the action first; none: the daemon. */
  readonly words: readonly string[];
  readonly json: boolean;
  readonly help: boolean;
  readonly version: boolean;
  readonly places: Places;
  /** Of this node; undefined: the host's. */
  readonly name: string | undefined;
  /** Where scripts are looked for; undefined: Heartbeat's places. */
  readonly scripts: readonly string[] | undefined;
}

/** An option, as it is told of. */
interface OptionRow {
  readonly typed: string;
  readonly summary: string;
  readonly byDefault?: string;
}

/** For help and manual; {@link OPTIONS} has how they are read. */
export const OPTION_ROWS: readonly OptionRow[] = [
  {
    typed: '--ha-dir DIR',
    summary: 'ha.cf, authkeys, haresources, resource.d, rc.d',
    byDefault: STOCK.haDir,
  },
  {
    typed: '--state-dir DIR',
    summary: 'hb_generation, hb_uuid, fifo',
    byDefault: STOCK.stateDir,
  },
  {
    typed: '--run-dir DIR',
    summary: "heartbeat.pid, l4heartbeat.sock, directors' sockets",
    byDefault: STOCK.runDir,
  },
  {
    typed: '--scripts-dir DIR',
    summary: 'where scripts are; several in their order',
    byDefault: 'DIR of --ha-dir/resource.d, /etc/init.d',
  },
  {
    typed: '--name NAME',
    summary: 'of this node',
    byDefault: 'nodeinfo, or uname -n',
  },
  { typed: '--version', summary: 'the version' },
  { typed: '--help, -h', summary: 'this text' },
];

/** Heartbeat's letters, and the actions that they are. */
const LETTERS = { k: 'stop', s: 'status', r: 'reload' } as const;

const OPTIONS = {
  k: { type: 'boolean', short: 'k' },
  s: { type: 'boolean', short: 's' },
  r: { type: 'boolean', short: 'r' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  name: { type: 'string' },
  'ha-dir': { type: 'string' },
  'state-dir': { type: 'string' },
  'run-dir': { type: 'string' },
  'scripts-dir': { type: 'string', multiple: true },
} as const;

/** @throws TypeError  in words, for what is no option */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: OPTIONS,
    allowPositionals: true,
  });
  const letters = (['k', 's', 'r'] as const).filter((letter) => values[letter]);
  const given = letters.map((letter) => LETTERS[letter]);
  return {
    words: [...given, ...positionals],
    json: values.json ?? false,
    help: values.help ?? false,
    version: values.version ?? false,
    places: {
      haDir: values['ha-dir'] ?? STOCK.haDir,
      stateDir: values['state-dir'] ?? STOCK.stateDir,
      runDir: values['run-dir'] ?? STOCK.runDir,
    },
    name: values.name,
    scripts: values['scripts-dir'],
  };
}
