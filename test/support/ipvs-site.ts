import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { type IpvsMachine, ipvsMachine } from './ipvs-machine.ts';
import { IpvsTable } from './ipvs-table.ts';
import { Site } from './site.ts';

const DIRECTOR = fileURLToPath(
  import.meta.resolve('../engines/ipvs/fixtures/director.js'),
);

/** A site whose services have the ipvs engine, on a machine that has IPVS unless told otherwise, with
 *  the stand-in for ipvsadm and its table. */
export class IpvsSite extends Site {
  readonly table: IpvsTable;

  constructor(t: Test, config: string, machine: Partial<IpvsMachine> = {}) {
    super(t, config, DIRECTOR);
    this.table = new IpvsTable(join(this.folder, 'ipvsadm'));
    const { proc, modules } = ipvsMachine(this.folder, machine);
    Object.assign(this.env, {
      PATH: `${this.folder}:${process.env.PATH ?? ''}`,
      IPVS_PROC: proc,
      IPVS_MODULES: modules,
    });
    this.options('[net]\nengine = ipvs\n');
  }

  /** Writes the ini file. */
  options(text: string): void {
    writeFileSync(`${this.config}.ini`, text);
  }
}
