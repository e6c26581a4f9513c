import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { createIpvsEngine, type IpvsOptions } from '../../lib/engines/ipvs/engine.ts';
import type { Engine, EngineEvent, ServiceEntry } from '../../lib/model/engine.ts';
import { aService } from './config.ts';
import { serverAt } from './engine-rig.ts';
import { ipvsMachine } from './ipvs-machine.ts';
import { IpvsTable } from './ipvs-table.ts';

/** An ipvs engine with a table of its own, by the stand-in for ipvsadm. */
export interface Bench {
  readonly engine: Engine;
  readonly table: IpvsTable;
  /** Another run of the director on the same kernel. */
  another(): Engine;
}

export function aBench(t: Test, options: Partial<IpvsOptions> = {}): Bench {
  const folder = t.testdir();
  const table = new IpvsTable(join(folder, 'ipvsadm'));
  const machine = ipvsMachine(folder);
  const another = () => {
    const engine = createIpvsEngine({ program: table.program, ...machine, ...options });
    t.teardown(() => engine.close({ clean: false }));
    return engine;
  };
  return { engine: another(), table, another };
}

/** An engine with an ipvsadm that is odd while the file `odd` is there: then a call whose first word is
 *  that one becomes the command. `$0.real` is the stand-in. */
export function anOddOne(t: Test, word: string, command: string) {
  const folder = t.testdir();
  const [program, odd] = [join(folder, 'ipvsadm'), join(folder, 'ipvsadm.odd')];
  const table = new IpvsTable(`${program}.real`);
  writeFileSync(odd, '');
  const text = `#!/bin/sh
if test -e ${odd} && test "$1" = ${word}; then ${command}; fi
exec "$0.real" "$@"
`;
  writeFileSync(program, text, { mode: 0o755 });
  const engine = createIpvsEngine({ program, ...ipvsMachine(folder), retryMs: 20 });
  t.teardown(() => engine.close({ clean: false }));
  return { engine, table, odd };
}

/** The next event of the kind. */
export async function next<K extends EngineEvent['type']>(
  { events }: Engine,
  type: K,
): Promise<Extract<EngineEvent, { type: K }>> {
  for await (const event of events)
    if (event.type === type) return event as Extract<EngineEvent, { type: K }>;
  throw new Error(`no ${type} came`);
}

/** 1,000 services of 10. */
export function largeTable(): readonly ServiceEntry[] {
  return Array.from({ length: 1000 }, (_, index) => ({
    service: aService({
      address: `10.2.${index >> 8}.${index & 255}`,
      scheduler: 'rr',
    }),
    servers: Array.from({ length: 10 }, (_, row) => serverAt(`10.3.0.${row + 1}`, 80)),
  }));
}
