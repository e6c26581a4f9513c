import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { readConfig } from '../../../lib/config/index.ts';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { Ledger } from '../../../lib/engines/net/table/ledger.ts';
import { Memory } from '../../../lib/engines/net/table/memory.ts';
import { RecordPool } from '../../../lib/engines/net/table/record-pool.ts';
import { endpoint } from '../../../lib/model/address.ts';
import { aService } from '../../support/config.ts';
import { aBench } from '../../support/director.ts';
import { freePort, serverAt } from '../../support/engine-rig.ts';
import { good } from '../../support/reports.ts';

const SERVICES = 1000;
const REALS = 2;

/** A file of a thousand services. @param weight  of one real server of one of them */
function text(weight: number): string {
  const service = (n: number) => {
    const reals = Array.from({ length: REALS }, (_, real) => {
      const own = n === 500 && real === 1 ? weight : 1;
      return `    real=10.2.${n >> 8}.${n & 255}:${8000 + real} masq ${own}\n`;
    });
    return `virtual=10.1.${n >> 8}.${n & 255}:80\n${reals.join('')}    checktype=on\n`;
  };
  return Array.from({ length: SERVICES }, (_, n) => service(n)).join('');
}

t.test(
  'a reload with one change among a thousand services is one service',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'l4director-test-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'large.cf');
    const read = async (weight: number) => {
      writeFileSync(file, text(weight));
      const result = await readConfig(file);
      if (!result.ok) throw new Error('a defect of this test');
      return result.config;
    };
    const { director, engine, runner, log } = aBench(t);
    await director.apply(await read(1));
    for (let n = 0; n < SERVICES; n++)
      for (let real = 0; real < REALS; real++)
        runner.report(endpoint(`10.2.${n >> 8}.${n & 255}`, 8000 + real), good());
    await director.settled(AbortSignal.timeout(60_000));
    const before = engine.tables.at(-1) ?? [];
    const [checks, tables] = [runner.made(), engine.tables.length];
    log.take();

    await director.apply(await read(7));
    const after = engine.tables.at(-1) ?? [];
    t.equal(engine.tables.length, tables + 1, 'one call of the engine');
    t.equal(runner.made(), checks, 'no check began anew');
    t.match(log.take(), ['Restored real server: 10.2.1.244:8001 (10.1.1.244:80)']);

    const memory = new Memory(2);
    const segments: SharedArrayBuffer[] = [];
    const ledger = new Ledger(
      new RecordPool(memory, (one) => segments.push(one)),
      memory,
    );
    t.equal(ledger.revise(before).services.length, SERVICES);
    const grown = segments.length;
    const { services, gone, dismissed } = ledger.revise(after);
    t.strictSame(
      services.map(({ id }) => id),
      ['tcp:10.1.1.244:80'],
      'the workers are sent that one',
    );
    t.strictSame([gone, dismissed], [[], []]);
    t.equal(segments.length, grown, 'no memory is added');
    t.strictSame(ledger.revise(after), { services: [], gone: [], dismissed: [] });
  },
);

/** The sockets that listen at that port. Source: proc(5), the field `inode`. */
function listeners(port: number): readonly string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(end))
    .map((fields) => fields[9] ?? '');
}

t.test('a change of one service leaves all listeners open', async (t) => {
  const port = await freePort();
  const server = serverAt('127.0.0.1', 1);
  const table = Array.from({ length: 100 }, (_, n) => {
    return {
      service: aService({ address: `127.7.0.${n + 1}`, port }),
      servers: [server],
    };
  });
  const engine = createNetEngine();
  t.teardown(() => engine.close({ clean: true }));
  await engine.apply(table);
  const before = listeners(port);
  t.equal(before.length, table.length);
  const changed = { ...serverAt('127.0.0.1', 1), weight: 5 };
  const next = table.map((entry, n) =>
    n === 50 ? { ...entry, servers: [changed, serverAt('127.0.0.1', 2)] } : entry,
  );
  await engine.apply(next);
  t.strictSame(listeners(port), before);
});
