import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { KeptOverride } from '../../../lib/model/override.ts';
import { formatOverrides, parseOverrides } from '../../../lib/state/override-file.ts';
import { openOverrideFile } from '../../../lib/state/override-store.ts';
import { aReal, aService } from '../../support/config.ts';
import { silent } from '../../support/control.ts';
import { mutated } from '../inputs.ts';
import { SPICE, wordsOf } from '../support/corpus.ts';
import { demand, refusable, target } from '../target.ts';

const SERVICE = aService({ reals: [aReal('10.1.1.21:80'), aReal('10.1.1.22:80')] });
const SINCE = '2026-11-26T12:00:00.000Z';
const KEPT = SERVICE.reals.map(
  (real): KeptOverride => ({
    service: SERVICE.id,
    real,
    override: { state: 'drain', weight: 5, by: 'uid 0 (root)', since: SINCE },
  }),
);
const GOOD = [
  formatOverrides(KEPT).join(''),
  formatOverrides(KEPT.slice(1)).join(''),
  formatOverrides([]).join(''),
];
const WORDS = [
  ...[
    '"version": 2',
    '"weight": null',
    '"weight": -1',
    '"weight": 1e400',
    '"state": "ready"',
    '[]',
    '{}',
    '[{}]',
  ],
  ...['"maintenance"', '{"version":1,"overrides":', ']}', 'null', ','],
  ...wordsOf(GOOD),
  ...SPICE,
];
/** One in so many goes through a file. */
const FILES = 8;

/** The file in which operators' changes outlive the director. */
export const state = target({
  kind: 'pure',
  covers: 'lib/state/**',
  boundMs: 250,
  inputs: fc.tuple(fc.nat(FILES - 1), mutated(GOOD, WORDS)),
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'l4director-fuzz-'));
    const file = join(folder, 'state');
    return {
      async take([through, text]: readonly [number, string]) {
        const utf8 = Buffer.from(text, 'latin1').toString();
        const rows = refusable(() => parseOverrides(utf8));
        if (through > 0) return;
        writeFileSync(file, text, 'latin1');
        const store = await openOverrideFile(file, silent);
        const known = store.of(SERVICE);
        if (rows === undefined)
          demand(known.size === 0, () => 'rows of what is no state file');
        void store.keep(KEPT);
        await store.close();
        const after = await openOverrideFile(file, silent);
        demand(after.of(SERVICE).size === KEPT.length, () => 'what was kept is lost');
      },
      [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
    };
  },
});
