import { aReal, aService } from '../support/config.ts';
import { A, B, FALLBACK, FINE, REFUSED } from '../support/pool-cast.ts';
import { poolRules } from '../support/pool-script.ts';
import { bad, good } from '../support/reports.ts';

const TWO = [aReal(A, { weight: 5 }), aReal(B)];
const LAST = 'fallback:127.0.0.1:80';

poolRules([
  {
    rule: 'what an earlier run left in force stays as it is, and nothing is told of it',
    service: { reals: TWO, fallback: FALLBACK },
    found: [`${A}@3`, `${B}@0`],
    moves: [],
    told: [],
    table: [`${A}@3`, `${B}@0`],
    states: [`${A} starting`, `${B} starting`],
  },
  {
    rule: 'a server that was not in force waits for its first report',
    service: { reals: TWO },
    found: [`${A}@5`],
    moves: [],
    told: [],
    table: [`${A}@5`],
    states: [`${A} starting`, `${B} starting`],
  },
  {
    rule: 'its first good report gives it the weight of the file',
    service: { reals: TWO },
    found: [`${A}@3`, `${B}@1`],
    moves: [[A, good()]],
    told: [
      `Restored real server: ${A} (10.1.1.19:80) (Weight set to 5) ${FINE}`,
      'fallbackcommand stop',
    ],
    table: [`${A}@5`, `${B}@1`],
    states: [`${A} up`, `${B} starting`],
  },
  {
    rule: 'its first bad report quiesces it, whatever failurecount says',
    service: { reals: TWO, quiescent: true, failurecount: 3 },
    found: [`${A}@5`, `${B}@1`],
    moves: [[A, bad()]],
    told: [`Quiescent real server: ${A} (10.1.1.19:80) (Weight set to 0) ${REFUSED}`],
    table: [`${A}@0`, `${B}@1`],
    states: [`${A} down`, `${B} starting`],
  },
  {
    rule: 'or removes it, with quiescent=no',
    service: { reals: TWO },
    found: [`${A}@5`, `${B}@1`],
    moves: [[A, bad()]],
    told: [`Deleted real server: ${A} (10.1.1.19:80) ${REFUSED}`],
    table: [`${B}@1`],
    states: [`${A} down`, `${B} starting`],
  },
  {
    rule: 'one that was quiesced already is so without a word',
    service: { reals: TWO, quiescent: true },
    found: [`${A}@0`, `${B}@1`],
    moves: [[A, bad()]],
    told: [],
    table: [`${A}@0`, `${B}@1`],
    states: [`${A} down`, `${B} starting`],
  },
  {
    rule: 'no fallback before all have been heard, though the first are down',
    service: { reals: TWO, fallback: FALLBACK },
    found: [`${A}@5`, `${B}@1`],
    moves: [
      [A, bad()],
      [B, bad()],
    ],
    told: [
      `Deleted real server: ${A} (10.1.1.19:80) ${REFUSED}`,
      `Deleted real server: ${B} (10.1.1.19:80) ${REFUSED}`,
      'Added fallback server: 127.0.0.1:80 (10.1.1.19:80) (Weight set to 1)',
      'fallbackcommand start',
    ],
    table: [`${LAST}@1`],
    states: [`${A} down`, `${B} down`],
  },
  {
    rule: 'a fallback that is in force stays until a server is up',
    service: { reals: TWO, fallback: FALLBACK },
    found: [`${LAST}@1`],
    moves: [
      [A, bad()],
      [B, good()],
    ],
    told: [
      `Deleted real server: ${A} (10.1.1.19:80) ${REFUSED}`,
      `Added real server: ${B} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
      'Deleted fallback server: 127.0.0.1:80 (10.1.1.19:80)',
      'fallbackcommand stop',
    ],
    table: [`${B}@1`],
    states: [`${A} down`, `${B} up`],
  },
  {
    rule: 'and goes on without a word when none is',
    service: { reals: TWO.slice(0, 1), fallback: FALLBACK },
    found: [`${LAST}@1`],
    moves: [[A, bad()]],
    told: [
      `Deleted real server: ${A} (10.1.1.19:80) ${REFUSED}`,
      'fallbackcommand start',
    ],
    table: [`${LAST}@1`],
    states: [`${A} down`],
  },
  {
    rule: 'what the file does not know any more goes at once',
    service: { reals: TWO.slice(0, 1) },
    found: [`${A}@5`, `${B}@1`, `${LAST}@1`],
    moves: [],
    told: [
      `Purged real server (start): ${B} (10.1.1.19:80)`,
      'Purged fallback server (start): 127.0.0.1:80 (10.1.1.19:80)',
    ],
    table: [`${A}@5`],
    states: [`${A} starting`],
  },
  {
    rule: 'a reload before the first reports leaves it as it is',
    service: { reals: TWO, fallback: FALLBACK },
    found: [`${A}@3`, `${LAST}@1`],
    moves: [
      {
        reload: {
          ...aService(),
          reals: [aReal(A, { weight: 9 })],
          fallback: FALLBACK,
        },
      },
    ],
    told: [],
    table: [`${A}@3`, `${LAST}@1`],
    states: [`${A} starting`],
  },
  {
    rule: 'checktype=off freezes what has traffic, and what has none',
    service: { reals: TWO, checktype: 'off', quiescent: true },
    checking: 'off',
    found: [`${A}@3`, `${B}@0`],
    moves: [],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 5)`,
      `Quiescent real server: ${B} (10.1.1.19:80) (Weight set to 0)`,
      'fallbackcommand stop',
    ],
    table: [`${A}@5`, `${B}@0`],
    states: [`${A} up`, `${B} unchecked`],
  },
  {
    rule: 'a check that does not exist takes it out of traffic',
    service: { reals: TWO, quiescent: true },
    checking: 'missing',
    found: [`${A}@3`],
    moves: [],
    told: [
      `Quiescent real server: ${A} (10.1.1.19:80) (Weight set to 0)`,
      `Quiescent real server: ${B} (10.1.1.19:80) (Weight set to 0)`,
      'fallbackcommand start',
    ],
    table: [`${A}@0`, `${B}@0`],
    states: [`${A} unchecked`, `${B} unchecked`],
  },
]);
