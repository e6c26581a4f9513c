import { parseArgs } from 'node:util';
import { type Places, STOCK } from '../local/files.ts';

/** What the command line says. */
export interface Arguments {
  /** Its words, the action first; none: the daemon. */
  readonly words: readonly string[];
  readonly json: boolean;
  readonly help: boolean;
  readonly places: Places;
  /** Of this node; undefined: the host's. */
  readonly name: string | undefined;
  /** Where scripts are looked for; undefined: Heartbeat's places. */
  readonly scripts: readonly string[] | undefined;
}

/** Heartbeat's letters, and the actions that they are. */
const LETTERS = { k: 'stop', s: 'status', r: 'reload' } as const;

const OPTIONS = {
  k: { type: 'boolean', short: 'k' },
  s: { type: 'boolean', short: 's' },
  r: { type: 'boolean', short: 'r' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
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
    places: {
      haDir: values['ha-dir'] ?? STOCK.haDir,
      stateDir: values['state-dir'] ?? STOCK.stateDir,
      runDir: values['run-dir'] ?? STOCK.runDir,
    },
    name: values.name,
    scripts: values['scripts-dir'],
  };
}
