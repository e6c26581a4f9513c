import { access, readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { canRun } from '../program-path.ts';
import { LACKS } from './problem.ts';

/** Where to look. */
export interface Place {
  /** ipvsadm's name or path. */
  readonly program: string;
  /** Where procfs is mounted. */
  readonly proc: string;
  /** The folder of kernel modules, as `/lib/modules`. */
  readonly modules: string;
}

/** Why ipvsadm would be of no use here, with the mend; undefined: it should do. Only looks: a
 *  module that is not loaded, but there to be, is left to the first call of ipvsadm, which loads it.
 *  Source: ipvsadm 1.31; proc(5), capabilities(7). */
export async function probe({
  program,
  proc,
  modules,
}: Place): Promise<string | undefined> {
  if (!(await canRun(program))) return LACKS.program;
  const may = rights(await textOf(`${proc}/self/status`));
  if (!may.administer) return LACKS.right;
  if (await exists(`${proc}/net/ip_vs`)) return undefined;
  const loadable = MODULE.test(await textOf(`${modules}/${release()}/modules.dep`));
  if (!loadable) return LACKS.ipvs;
  return may.load ? undefined : NOT_LOADED;
}

/** In modules.dep(5), compressed or not. */
const MODULE = /\/ip_vs\.ko(\.\w+)?:/;

const NOT_LOADED =
  'IPVS is not loaded, and this process may not load it: "modprobe ip_vs" as root on the host does, and a line "ip_vs" in /etc/modules-load.d keeps it';

const CAP_NET_ADMIN = 12n;
const CAP_SYS_MODULE = 16n;

/** What a child of this process may: root's keeps what root has, another's only what is ambient.
 *  @param status  of `/proc/self/status`; where that tells nothing, the calls will */
function rights(status: string): {
  readonly administer: boolean;
  readonly load: boolean;
} {
  const uid = /^Uid:\t\d+\t(\d+)/m.exec(status)?.[1];
  if (uid === undefined) return { administer: true, load: true };
  const set = uid === '0' ? 'CapEff' : 'CapAmb';
  const mask = BigInt(
    `0x${new RegExp(`^${set}:\\t([0-9a-f]+)`, 'm').exec(status)?.[1] ?? '0'}`,
  );
  const has = (bit: bigint) => ((mask >> bit) & 1n) === 1n;
  return { administer: has(CAP_NET_ADMIN), load: has(CAP_SYS_MODULE) };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** Empty where it cannot be read. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch {
    return '';
  }
}
