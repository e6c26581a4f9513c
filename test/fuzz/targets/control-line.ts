import fc from 'fast-check';
import type { Caller, Room } from '../../../lib/control/line/command.ts';
import { COMMANDS } from '../../../lib/control/line/commands.ts';
import { execute } from '../../../lib/control/line/execute.ts';
import { createFigures } from '../../../lib/control/line/figures.ts';
import { commandsIn } from '../../../lib/control/line/lexer.ts';
import { mutated } from '../inputs.ts';
import { SPICE } from '../support/corpus.ts';
import { liveDirector } from '../support/live-director.ts';
import { demand, target } from '../target.ts';

const BOTH = [
  'tcp:10.1.1.19:80/10.1.1.21:80',
  '#2/#1',
  'udp:[2001:db8::19]:53/[2001:db8::21]:53',
];
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  '<service>/<real>': [...BOTH, 'tcp:10.1.1.19:80/fallback:127.0.0.1:80', 'a/b'],
  '<service>': ['tcp:10.1.1.19:80', '#2', 'udp:[2001:db8::19]:53'],
};
const VALUES = [
  ...[
    '5',
    '50%',
    '65536',
    '-1',
    '0',
    'weight 7',
    'weight 10%',
    'state drain',
    'state maint',
    'state ready',
  ],
  ...[
    '90',
    '10m',
    '25h',
    'all',
    'typed',
    'json',
    '-w',
    '-n',
    '0-17',
    'key 192.0.2.7',
    'key 192.0.2.0/24',
    'cli 60',
  ],
  ...[
    '-1 7 -1',
    '2 4 1',
    'up',
    'no-maint',
    'help',
    'show',
    'set',
    '; ',
    ';',
    '\\;',
    '<<',
  ],
  ...Object.values(ARGUMENTS).flat(),
];
export const LINES: readonly string[] = COMMANDS.flatMap(({ name, takes }) => [
  name,
  ...VALUES.map((value) => `${name} ${value}`),
  ...Object.entries(ARGUMENTS).flatMap(([form, known]) =>
    takes.includes(form)
      ? known.flatMap((one) => VALUES.map((value) => `${name} ${one} ${value}`))
      : [],
  ),
]);
export const LINE_WORDS = [
  ...COMMANDS.flatMap(({ name }) => name.split(' ')),
  ...VALUES,
  ...SPICE,
];
/** A session takes no longer line; between its commands it lets others have their turn. */
const LONGEST_LINE = 16 << 10;
const COMMANDS_AT_ONCE = 10;

/** A line on the control socket: its parser and the commands, before a director that is real. */
export const controlLine = target({
  kind: 'pure',
  covers: 'lib/control/line/**',
  boundMs: 250,
  inputs: fc
    .oneof(fc.constantFrom(...LINES), mutated(LINES, LINE_WORDS, ' '))
    .map((line) => line.slice(0, LONGEST_LINE)),
  async open() {
    const live = await liveDirector();
    const { status, reload, director } = live;
    const figures = createFigures(director.desk.events);
    const room: Room = {
      status,
      reload,
      plan: reload,
      desk: director.desk,
      figures,
      maxConnections: 1_000,
    };
    const caller: Caller = {
      mayChange: true,
      by: async () => 'uid 0 (root)',
      patience() {},
      hold: () => true,
      async say() {},
      // A new one each, as a session has it.
      get enough() {
        return AbortSignal.abort();
      },
    };
    return {
      async take(line: string) {
        for (const words of commandsIn(line).slice(0, COMMANDS_AT_ONCE)) {
          const answer = await execute(words, room, caller);
          demand(!answer.startsWith('Failed: '), () => answer);
          demand(
            answer === '' || /^[^\n](?:.|\n(?!\n))*\n$/s.test(answer),
            () => `an empty line in it: ${answer}`,
          );
        }
      },
      async [Symbol.asyncDispose]() {
        figures[Symbol.dispose]();
        await live[Symbol.asyncDispose]();
      },
    };
  },
});
