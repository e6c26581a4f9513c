import { join } from 'node:path';

/** Where things lie; all of them can be said by options. */
export interface Places {
  /** ha.cf, authkeys, haresources, resource.d, rc.d. */
  readonly haDir: string;
  /** What outlives a run: hb_generation, hb_uuid; and the FIFO. */
  readonly stateDir: string;
  /** heartbeat.pid, the programs that run, and the socket of `status`. */
  readonly runDir: string;
}

/** Heartbeat's own places. */
export const STOCK: Places = {
  haDir: '/etc/ha.d',
  stateDir: '/var/lib/heartbeat',
  runDir: '/run',
};

export function filesOf({ haDir, stateDir, runDir }: Places) {
  return {
    haCf: join(haDir, 'ha.cf'),
    authkeys: join(haDir, 'authkeys'),
    haresources: join(haDir, 'haresources'),
    nodeinfo: join(haDir, 'nodeinfo'),
    hooks: join(haDir, 'rc.d'),
    generation: join(stateDir, 'hb_generation'),
    uuid: join(stateDir, 'hb_uuid'),
    fifo: join(stateDir, 'fifo'),
    pid: join(runDir, 'heartbeat.pid'),
    programs: join(runDir, 'l4heartbeat.programs'),
    status: join(runDir, 'l4heartbeat.sock'),
  } as const;
}

export type Files = ReturnType<typeof filesOf>;
