import { aService, OPTIONS } from '../support/config.ts';
import { A, B, FINE, ONE, REFUSED, TWO } from '../support/pool-cast.ts';
import { poolRules } from '../support/pool-script.ts';
import { bad, good, maintained } from '../support/reports.ts';

const options = { ...OPTIONS, rise: 3 };
const soft = (count: number, needed = 3) =>
  `Soft success real server: ${A} (tcp:10.1.1.19:80) success ${count}/${needed} ${FINE}`;
const FELL = `Deleted real server: ${A} (10.1.1.19:80) ${REFUSED}`;
const ROSE = [
  `Resetting soft failure count: ${A} (tcp:10.1.1.19:80)`,
  `Added real server: ${A} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
];
const BOTH_UP = [
  `Added real server: ${A} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
  'fallbackcommand stop',
  `Added real server: ${B} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
];

poolRules([
  {
    rule: 'a server that is down is up at the third good report where rise is 3',
    service: { reals: TWO, options },
    moves: [
      [A, good()],
      [B, good()],
      [A, bad()],
      [A, good()],
      [A, good()],
      [A, good()],
    ],
    told: [...BOTH_UP, FELL, soft(1), soft(2), ...ROSE],
    table: [`${A}@1`, `${B}@1`],
    states: [`${A} up`, `${B} up`],
  },
  {
    rule: 'a bad report in between begins the count anew',
    service: { reals: TWO, options },
    moves: [
      [A, good()],
      [B, good()],
      [A, bad()],
      [A, good()],
      [A, good()],
      [A, bad()],
      [A, good()],
    ],
    told: [...BOTH_UP, FELL, soft(1), soft(2), soft(1)],
    table: [`${B}@1`],
    states: [`${A} down`, `${B} up`],
  },
  {
    rule: 'at a start the first good report is enough, whatever rise says',
    service: { reals: ONE, options },
    moves: [[A, good()]],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 5) ${FINE}`,
      'fallbackcommand stop',
    ],
    table: [`${A}@5`],
    states: [`${A} up`],
  },
  {
    rule: 'out of maintenance too',
    service: { reals: TWO, options },
    moves: [
      [A, good()],
      [B, good()],
      [A, maintained()],
      [A, good()],
    ],
    told: [
      ...BOTH_UP,
      `Deleted real server: ${A} (10.1.1.19:80) (Server in maintenance)`,
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
    ],
    table: [`${A}@1`, `${B}@1`],
    states: [`${A} up`, `${B} up`],
  },
  {
    rule: 'the count goes on over a reload, and as the new rise says',
    service: { reals: TWO, options },
    moves: [
      [A, good()],
      [B, good()],
      [A, bad()],
      [A, good()],
      { reload: aService({ reals: TWO, options: { ...OPTIONS, rise: 2 } }) },
      [A, good()],
    ],
    told: [...BOTH_UP, FELL, soft(1), ...ROSE],
    table: [`${A}@1`, `${B}@1`],
    states: [`${A} up`, `${B} up`],
  },
  {
    rule: 'a server that failed its very first check needs the whole rise',
    service: { reals: ONE, options: { ...OPTIONS, rise: 2 } },
    moves: [
      [A, bad()],
      [A, good()],
    ],
    told: [FELL, 'fallbackcommand start', soft(1, 2)],
    table: [],
    states: [`${A} down`],
  },
]);
