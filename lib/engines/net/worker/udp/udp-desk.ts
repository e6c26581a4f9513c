import type { Admission } from '../../admission.ts';
import type { FromWorker } from '../../protocol.ts';
import type { TimerWheel } from '../timer-wheel.ts';
import { Crowd } from './crowd.ts';
import type { Session } from './session.ts';
import { Sockets } from './sockets.ts';

/** What the UDP sessions of one worker have in common. */
export interface UdpDesk {
  readonly crowd: Crowd<Session>;
  readonly sockets: Sockets;
}

interface Options {
  readonly wheel: TimerWheel;
  readonly admission: Admission;
  readonly workers: number;
  tell(message: FromWorker): void;
}

export function createUdpDesk({ tell, ...options }: Options): UdpDesk {
  const crowd = new Crowd<Session>();
  const evict = () => {
    const evicted = crowd.evict();
    if (evicted === undefined) return false;
    tell({ type: 'notice', kind: 'sessions', about: evicted.service });
    return true;
  };
  return { crowd, sockets: new Sockets({ ...options, evict }) };
}
