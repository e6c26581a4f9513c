import { aReal } from '../support/config.ts';
import { A, B, FALLBACK, FINE, ONE, REFUSED, TWO } from '../support/pool-cast.ts';
import { poolRules } from '../support/pool-script.ts';
import { bad, good } from '../support/reports.ts';

poolRules([
  {
    rule: 'the fallback comes only when the last server is down',
    service: { reals: TWO, fallback: FALLBACK },
    moves: [
      [A, good()],
      [B, bad()],
      [A, bad()],
    ],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
      'fallbackcommand stop',
      `Deleted real server: ${B} (10.1.1.19:80) ${REFUSED}`,
      `Deleted real server: ${A} (10.1.1.19:80) ${REFUSED}`,
      'Added fallback server: 127.0.0.1:80 (10.1.1.19:80) (Weight set to 1)',
      'fallbackcommand start',
    ],
    table: ['fallback:127.0.0.1:80@1'],
    states: [`${A} down`, `${B} down`],
  },
  {
    rule: 'the fallback is deleted, never quiesced, after the server that came back',
    service: { reals: TWO, fallback: FALLBACK, quiescent: true },
    moves: [
      [A, bad()],
      [B, bad()],
      [B, good()],
    ],
    told: [
      `Quiescent real server: ${A} (10.1.1.19:80) (Weight set to 0) ${REFUSED}`,
      `Quiescent real server: ${B} (10.1.1.19:80) (Weight set to 0) ${REFUSED}`,
      'Added fallback server: 127.0.0.1:80 (10.1.1.19:80) (Weight set to 1)',
      'fallbackcommand start',
      `Restored real server: ${B} (10.1.1.19:80) (Weight set to 1) ${FINE}`,
      'Deleted fallback server: 127.0.0.1:80 (10.1.1.19:80)',
      'fallbackcommand stop',
    ],
    table: [`${A}@0`, `${B}@1`],
    states: [`${A} down`, `${B} up`],
  },
  {
    rule: 'a service still starting has no fallback, though one server is down',
    service: { reals: TWO, fallback: FALLBACK },
    moves: [[A, bad()]],
    told: [`Deleted real server: ${A} (10.1.1.19:80) ${REFUSED}`],
    table: [],
    states: [`${A} down`, `${B} starting`],
  },
  {
    rule: 'a service without real servers has its fallback at once',
    service: { reals: [], fallback: FALLBACK },
    moves: [],
    told: [
      'Added fallback server: 127.0.0.1:80 (10.1.1.19:80) (Weight set to 1)',
      'fallbackcommand start',
    ],
    table: ['fallback:127.0.0.1:80@1'],
    states: [],
  },
  {
    rule: 'checktype=off: never up, and the fallback is active',
    service: { reals: ONE, fallback: FALLBACK, checktype: 'off', quiescent: true },
    checking: 'off',
    moves: [],
    told: [
      `Quiescent real server: ${A} (10.1.1.19:80) (Weight set to 0)`,
      'Added fallback server: 127.0.0.1:80 (10.1.1.19:80) (Weight set to 1)',
      'fallbackcommand start',
    ],
    table: [`${A}@0`, 'fallback:127.0.0.1:80@1'],
    states: [`${A} unchecked`],
  },
  {
    rule: 'a check that does not exist keeps its servers unchecked and down',
    service: {
      reals: ONE,
      fallback: FALLBACK,
      checktype: 'negotiate',
      service: 'imap',
    },
    checking: 'missing',
    moves: [],
    told: [
      `Deleted real server: ${A} (10.1.1.19:80)`,
      'Added fallback server: 127.0.0.1:80 (10.1.1.19:80) (Weight set to 1)',
      'fallbackcommand start',
    ],
    table: ['fallback:127.0.0.1:80@1'],
    states: [`${A} unchecked`],
  },
  {
    rule: 'weight 0 in the file drains: it counts as up and keeps the fallback away',
    service: { reals: [aReal(A, { weight: 0 })], fallback: FALLBACK },
    moves: [[A, good()]],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 0) ${FINE}`,
      'fallbackcommand stop',
    ],
    table: [`${A}@0`],
    states: [`${A} drain`],
  },
  {
    rule: 'a draining server that fails is down, and the fallback comes',
    service: {
      reals: [aReal(A, { weight: 0 })],
      fallback: FALLBACK,
      quiescent: true,
    },
    moves: [
      [A, good()],
      [A, bad()],
    ],
    told: [
      `Added real server: ${A} (10.1.1.19:80) (Weight set to 0) ${FINE}`,
      'fallbackcommand stop',
      `Quiescent real server: ${A} (10.1.1.19:80) (Weight set to 0) ${REFUSED}`,
      'Added fallback server: 127.0.0.1:80 (10.1.1.19:80) (Weight set to 1)',
      'fallbackcommand start',
    ],
    table: [`${A}@0`, 'fallback:127.0.0.1:80@1'],
    states: [`${A} down`],
  },
]);
