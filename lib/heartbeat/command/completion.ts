import { OPTION_ROWS } from './arguments.ts';
import { COMMANDS } from './commands.ts';

const options = OPTION_ROWS.flatMap(({ typed }) => typed.match(/--[\w-]+/) ?? []);
const words = [
  ...Object.keys(COMMANDS),
  ...new Set(Object.values(COMMANDS).flatMap(({ operands = [] }) => operands)),
  ...options,
  '--json',
];

/** What a shell loads: all words, and else files. */
export const SCRIPTS = {
  bash: `# bash completion for l4heartbeat
complete -o default -W '${words.join(' ')}' l4heartbeat
`,
  zsh: `#compdef l4heartbeat
# zsh completion for l4heartbeat: a file _l4heartbeat in fpath
compadd -- ${words.join(' ')}
_files
`,
} as const;
