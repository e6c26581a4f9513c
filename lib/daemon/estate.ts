import { type Estate, openEstate } from '../control/index.ts';
import type { Director } from '../director/director.ts';
import { estateSocket } from '../instance/beside.ts';
import type { Launch } from '../instance/launch.ts';
import type { Log } from '../model/log.ts';
import type { Children } from './children.ts';
import type { HeritageKeeper } from './heritage.ts';

/** By which a director's successors ask for what it still has. */
export interface EstateKeeper {
  /** @throws Error in words for the operator */
  open(): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

export function keepEstate(
  { instance }: Pick<Launch, 'instance'>,
  {
    director,
    children,
    heritage,
  }: {
    readonly director: Pick<Director, 'desk' | 'ownTraffic' | 'left'>;
    readonly children: Pick<Children, 'current'>;
    readonly heritage: Pick<HeritageKeeper, 'left'>;
  },
  log: Log,
): EstateKeeper {
  const estate: Estate = {
    traffic: director.ownTraffic,
    begun: () => ({ drains: director.desk.waiting(), children: children.current }),
    servers: () => director.left(),
    left: heritage.left,
  };
  let opened: Promise<AsyncDisposable> | undefined;
  return {
    async open() {
      opened ??= openEstate(estateSocket(instance.socket, process.pid), estate, log);
      await opened;
    },
    async close() {
      const open = await opened?.catch(() => undefined);
      opened = undefined;
      await open?.[Symbol.asyncDispose]();
    },
  };
}
