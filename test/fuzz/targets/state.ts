import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { LeftClients, LeftNumbers } from '../../../lib/model/heritage.ts';
import type { LeftAnswer } from '../../../lib/model/name-status.ts';
import type { KeptOverride } from '../../../lib/model/override.ts';
import type { LeftWishes } from '../../../lib/model/peer-wish.ts';
import { clientsFile } from '../../../lib/state/clients-file.ts';
import { namesFile } from '../../../lib/state/names-file.ts';
import { numbersFile } from '../../../lib/state/numbers-file.ts';
import { formatOverrides, VERSION } from '../../../lib/state/override-file.ts';
import { openOverrideFile } from '../../../lib/state/override-store.ts';
import { seal } from '../../../lib/state/sealed.ts';
import { wishesFile } from '../../../lib/state/wishes-file.ts';
import { aReal, aService } from '../../support/config.ts';
import { silent } from '../../support/control.ts';
import { mutated } from '../inputs.ts';
import { SPICE, wordsOf } from '../support/corpus.ts';
import { demand, target } from '../target.ts';

const SERVICE = aService({ reals: [aReal('10.1.1.21:80'), aReal('10.1.1.22:80')] });
const OVERRIDES = SERVICE.reals.map(
  (real): KeptOverride => ({
    service: SERVICE.id,
    real,
    override: {
      ...{ state: 'drain', weight: 5 },
      ...{ by: 'uid 0 (root)', since: '2026-11-26T12:00:00.000Z' },
    },
  }),
);
const CLIENTS = SERVICE.reals.map(
  ({ id }): LeftClients => ({
    ...{ service: SERVICE.id, server: id, netmask: '255.255.255.255' },
    ...{ clients: ['c0000207', 'c0000208'], ends: [1_795_694_400_000, 1e12] },
  }),
);
const NUMBERS: readonly LeftNumbers[] = [
  {
    ...{ id: SERVICE.id, acceptedConnections: 7, refusedConnections: 0, retries: 1 },
    proxyHeaderErrors: 0,
    servers: SERVICE.reals.map(({ id }) => ({
      ...{ id, totalConnections: 3, connectFailures: 1 },
      ...{ bytesIn: 2 ** 40, bytesOut: 0.5 },
    })),
  },
];
const ANSWERS: readonly LeftAnswer[] = [
  { name: 'www.lab', type: 'A', records: [{ address: '10.1.1.21' }], answeredAt: 1e12 },
  {
    ...{ name: '_http._tcp.lab', type: 'SRV', answeredAt: 1e12 },
    records: [{ priority: 1, weight: 2, port: 80, target: 'web1.lab' }],
  },
];

const WISHES: LeftWishes = {
  origin: '0123456789abcdef',
  wishes: SERVICE.reals.map(({ id: real }) => ({
    ...{ service: SERVICE.id, real, count: 3, origin: 'fedcba9876543210' },
    ...{
      wish: { state: 'drain', weight: 5, by: 'anna' },
      here: 'drain 5',
      isDue: false,
    },
  })),
};

/** A file in the director's state folder. */
interface Kept {
  readonly version: number;
  /** What was kept, without its seal. */
  readonly good: string;
  /** Reads it, as the next run does.
   *  @returns how much there was */
  readonly read: (path: string) => Promise<number>;
  /** Keeps what is good.
   *  @returns how much that was */
  readonly keep: (path: string) => Promise<number>;
}

const KEPT: readonly Kept[] = [
  {
    version: VERSION,
    good: formatOverrides(OVERRIDES).slice(1).join(''), // without its seal
    async read(path) {
      return (await openOverrideFile(path, silent)).of(SERVICE).size;
    },
    async keep(path) {
      const store = await openOverrideFile(path, silent);
      await store.keep(OVERRIDES);
      await store.close();
      return OVERRIDES.length;
    },
  },
  {
    version: 1,
    good: `"clients":${rows(CLIENTS)}}\n`,
    read: async (path) => (await clientsFile(path, silent).read()).length,
    async keep(path) {
      const left = CLIENTS.map((one) => JSON.stringify(one));
      await clientsFile(path, silent).write(left);
      return CLIENTS.length;
    },
  },
  {
    version: 1,
    good: `"services":${rows(NUMBERS)}}\n`,
    read: async (path) => (await numbersFile(path, silent).take()).length,
    async keep(path) {
      await numbersFile(path, silent).write(NUMBERS);
      return NUMBERS.length;
    },
  },
  {
    version: 1,
    good: `"answers":${rows(ANSWERS)}}\n`,
    read: async (path) => (await namesFile(path, silent).read()).length,
    async keep(path) {
      await namesFile(path, silent).write(ANSWERS);
      return ANSWERS.length;
    },
  },
  {
    version: 1,
    good: `"origin":"${WISHES.origin}","wishes":${rows(WISHES.wishes)}}\n`,
    read: async (path) => (await wishesFile(path, silent).read())?.wishes.length ?? 0,
    async keep(path) {
      await wishesFile(path, silent).write(WISHES);
      return WISHES.wishes.length;
    },
  },
];

function rows(all: readonly unknown[]): string {
  return JSON.stringify(all);
}

const sealed = ({ version, good }: Kept) => seal(version, [good]).join('');
const WHOLE = KEPT.map(sealed);
const WORDS = [
  ...[
    '"version": 2',
    '"weight": null',
    '"weight": -1',
    '"weight": 1e400',
    '"ends":[1]',
  ],
  ...['"state": "ready"', '[]', '{}', '[{}]', '"maintenance"', ']}', 'null', ','],
  ...wordsOf(WHOLE),
  ...SPICE,
];
/** After one in so many it is written: that waits for the disk. */
const WRITES = 64;
/** Behind a seal that is right, so that it comes to its parser, or with one that was changed too. */
const INPUTS = fc.oneof(
  ...KEPT.map((kept, which) =>
    fc.record({
      which: fc.constant(which),
      behind: mutated([kept.good], WORDS),
      whole: fc.option(mutated([sealed(kept)], WORDS)),
      write: fc.nat(WRITES - 1),
    }),
  ),
);

/** The files in which changes, clients that persist and counters outlive the director. */
export const state = target({
  kind: 'pure',
  covers: 'lib/state/**',
  boundMs: 250,
  inputs: INPUTS,
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'l4director-fuzz-'));
    return {
      async take({ which, behind, whole, write }) {
        const kept = KEPT[which];
        if (!kept) throw new RangeError(`file ${which}`);
        const path = join(folder, String(which));
        const text = whole ?? seal(kept.version, [behind]).join('');
        writeFileSync(path, text, whole === null ? 'utf8' : 'latin1');
        const found = await kept.read(path);
        if (whole !== null && whole !== sealed(kept))
          demand(found === 0, () => 'rows of what is not as it was written');
        if (write > 0) return;
        const written = await kept.keep(path);
        demand((await kept.read(path)) === written, () => 'what was kept is lost');
      },
      [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
    };
  },
});
