import { aFallback, aReal } from '../support/config.ts';
import { poolRules } from '../support/pool-script.ts';
import { bad, good, maintained } from '../support/reports.ts';

const A = '10.1.1.21:80';
const B = '10.1.1.22:80';
const ONE = [aReal(A, { weight: 5 })];
const TWO = [aReal(A), aReal(B)];
const FALLBACK = aFallback('127.0.0.1:80');
const REFUSED = '(connect, 3 ms: connect ECONNREFUSED 10.1.1.21:80)';
const FINE = '(connect, 3 ms: 200 OK)';

poolRules([
  {
    rule: 'a starting server is not in the table, whatever quiescent says',
    service: { reals: TWO, quiescent: true, fallback: FALLBACK },
    moves: [],
    told: [],
    table: [],
    states: [`${A} starting`, `${B} starting`],
  },
  {
    rule: 'the first good report brings a server up with its whole weight',
    service: { reals: ONE, failurecount: 3 },
    moves: [[A, good()]],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 5) ${FINE}`,
      'fallbackcommand stop',
    ],
    table: [`${A}@5`],
    states: [`${A} up`],
  },
  {
    rule: 'a bad first report makes it down at once, whatever failurecount says',
    service: { reals: ONE, failurecount: 3 },
    moves: [[A, bad()]],
    told: [
      `Deleted real server: ${A} (10.1.1.19:80) ${REFUSED}`,
      'fallbackcommand start',
    ],
    table: [],
    states: [`${A} down`],
  },
  {
    rule: 'below failurecount a failure is soft; the last one makes it down',
    service: { reals: ONE, failurecount: 3, quiescent: true },
    moves: [
      [A, good()],
      [A, bad()],
      [A, bad()],
      [A, bad()],
    ],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 5) ${FINE}`,
      'fallbackcommand stop',
      `Soft failure real server: ${A} (tcp:10.1.1.19:80) failure 1/3 ${REFUSED}`,
      `Soft failure real server: ${A} (tcp:10.1.1.19:80) failure 2/3 ${REFUSED}`,
      `Quiescent real server: ${A} (10.1.1.19:80) (Weight set to 0) ${REFUSED}`,
      'fallbackcommand start',
    ],
    table: [`${A}@0`],
    states: [`${A} down`],
  },
  {
    rule: 'a success resets the count of failures',
    service: { reals: ONE, failurecount: 2 },
    moves: [
      [A, good()],
      [A, bad()],
      [A, good()],
      [A, bad()],
    ],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 5) ${FINE}`,
      'fallbackcommand stop',
      `Soft failure real server: ${A} (tcp:10.1.1.19:80) failure 1/2 ${REFUSED}`,
      `Resetting soft failure count: ${A} (tcp:10.1.1.19:80)`,
      `Soft failure real server: ${A} (tcp:10.1.1.19:80) failure 1/2 ${REFUSED}`,
    ],
    table: [`${A}@5`],
    states: [`${A} up`],
  },
  {
    rule: 'failures while down are not counted, and not told again',
    service: { reals: ONE, quiescent: true },
    moves: [
      [A, good()],
      [A, bad()],
      [A, bad()],
      [A, bad()],
      [A, good()],
    ],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 5) ${FINE}`,
      'fallbackcommand stop',
      `Quiescent real server: ${A} (10.1.1.19:80) (Weight set to 0) ${REFUSED}`,
      'fallbackcommand start',
      `Resetting soft failure count: ${A} (tcp:10.1.1.19:80)`,
      `Restored real server: ${A} (10.1.1.19:80) (Weight set to 5) ${FINE}`,
      'fallbackcommand stop',
    ],
    table: [`${A}@5`],
    states: [`${A} up`],
  },
  {
    rule: 'quiescent=no takes a down server out of the table, and adds it again',
    service: { reals: ONE },
    moves: [
      [A, good()],
      [A, bad()],
      [A, good()],
    ],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 5) ${FINE}`,
      'fallbackcommand stop',
      `Deleted real server: ${A} (10.1.1.19:80) ${REFUSED}`,
      'fallbackcommand start',
      `Resetting soft failure count: ${A} (tcp:10.1.1.19:80)`,
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 5) ${FINE}`,
      'fallbackcommand stop',
    ],
    table: [`${A}@5`],
    states: [`${A} up`],
  },
  {
    rule: 'readdquiescent says that a server which was not in the table enters at 0',
    service: { reals: ONE, quiescent: true, readdquiescent: true },
    moves: [[A, bad()]],
    told: [
      `Readd Quiescent real server: ${A} (10.1.1.19:80) (Weight set to 0) ${REFUSED}`,
      'fallbackcommand start',
    ],
    table: [`${A}@0`],
    states: [`${A} down`],
  },
  {
    rule: 'maintenance forces a server down at once, whatever failurecount says',
    service: { reals: TWO, failurecount: 9, quiescent: true },
    moves: [
      [A, good()],
      [B, good()],
      [A, maintained()],
    ],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
      'fallbackcommand stop',
      `Added real server: ${B} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
      `Quiescent real server: ${A} (10.1.1.19:80) (Weight set to 0) (Server in maintenance)`,
    ],
    table: [`${A}@0`, `${B}@1`],
    states: [`${A} maintenance`, `${B} up`],
  },
  {
    rule: 'a good report ends maintenance; a bad one makes it down, without a count',
    service: { reals: TWO, failurecount: 9 },
    moves: [
      [A, maintained()],
      [B, maintained()],
      [A, good()],
      [B, bad()],
    ],
    told: [
      `Deleted real server: ${A} (10.1.1.19:80) (Server in maintenance)`,
      `Deleted real server: ${B} (10.1.1.19:80) (Server in maintenance)`,
      'fallbackcommand start',
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
      'fallbackcommand stop',
    ],
    table: [`${A}@1`],
    states: [`${A} up`, `${B} down`],
  },
  {
    rule: 'of two real servers with one id the first counts',
    service: { reals: [aReal(A, { weight: 2 }), aReal(A, { weight: 7 })] },
    moves: [[A, good()]],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 2) ${FINE}`,
      'fallbackcommand stop',
    ],
    table: [`${A}@2`],
    states: [`${A} up`],
  },
  {
    rule: 'a report on a server that left changes nothing',
    service: { reals: ONE },
    moves: [['10.9.9.9:80', good()]],
    told: [],
    table: [],
    states: [`${A} starting`],
  },
]);
