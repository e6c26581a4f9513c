import { mkdirSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';

/** What a kernel has of IPVS. */
export interface IpvsMachine {
  /** Whether the module is in the kernel. */
  readonly loaded: boolean;
  /** Text of modules.dep(5); undefined: there is none. */
  readonly modules: string | undefined;
  /** Text of `/proc/self/status`. */
  readonly status: string;
}

/** Where it stands. */
export interface MachineFolders {
  readonly proc: string;
  readonly modules: string;
}

const ROOT = 'Name:\tnode\nUid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\nCapAmb:\t0\n';

/** Writes what a probe for IPVS looks at into a folder; root on a kernel that has it unless told
 *  otherwise. */
export function ipvsMachine(
  folder: string,
  { loaded = true, modules, status = ROOT }: Partial<IpvsMachine> = {},
): MachineFolders {
  const [proc, lib] = [join(folder, 'proc'), join(folder, 'modules')];
  mkdirSync(join(proc, 'net'), { recursive: true });
  mkdirSync(join(proc, 'self'), { recursive: true });
  mkdirSync(join(lib, release()), { recursive: true });
  writeFileSync(join(proc, 'self/status'), status);
  if (loaded) writeFileSync(join(proc, 'net/ip_vs'), '');
  if (modules !== undefined)
    writeFileSync(join(lib, release(), 'modules.dep'), modules);
  return { proc, modules: lib };
}
