import { FALLBACK, PAIR, pair, STOP, type Step, type Story } from './story.ts';

/** Servers die and come back, one after the other and all of them.
 *  @param out  weight of one that is down; `-`: it is not there */
export function failures(quiescent: string, out: string): Story {
  const change = { moment: 'change', servers: 2 } as const;
  return {
    name: `failures with ${quiescent.replace('\n', ', ')}`,
    steps: (
      [
        {
          name: 'start',
          moment: 'start',
          foreign: ['-A -t 10.9.9.9:80 -s rr', '-a -t 10.9.9.9:80 -r 10.9.9.10:80 -g'],
          config: `${quiescent}\n${PAIR}`,
          servers: 2,
          rows: pair('5', '1'),
        },
        { ...change, name: 'one dies', down: ['10.1.1.21:80'], rows: pair(out, '1') },
        {
          ...change,
          name: 'the other dies',
          down: ['10.1.1.22:8080'],
          rows: pair(out, out, FALLBACK),
        },
        { ...change, name: 'one is back', up: ['10.1.1.21:80'], rows: pair('5', out) },
        { ...change, name: 'all are', up: ['10.1.1.22:8080'], rows: pair('5', '1') },
        STOP,
      ] satisfies readonly Step[]
    ).map((step) => ({
      ...step,
      rows: ['TCP  10.9.9.9:80 rr', '  10.9.9.10:80 Route 1 u:0 l:0', ...step.rows],
    })),
  };
}

/** A server that is dead from the beginning. */
export function deadAtStart(settings: string, out: string): Story {
  return {
    name: `a server that is dead at the start, ${settings.replace('\n', ', ')}`,
    steps: [
      {
        name: 'start',
        moment: 'start',
        down: ['10.1.1.22:8080'],
        config: `${settings}\n${PAIR}`,
        servers: 2,
        rows: pair('5', out),
      },
      {
        name: 'it comes',
        moment: 'change',
        up: ['10.1.1.22:8080'],
        servers: 2,
        rows: pair('5', '1'),
      },
      STOP,
    ],
  };
}
