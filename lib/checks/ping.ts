import { randomInt } from 'node:crypto';
import { createRequire } from 'node:module';
import type netPing from 'net-ping';
import type { Family } from '../model/address.ts';
import type { Check, CheckTarget } from '../model/check.ts';
import { missingPackage, rebuildCommand } from '../model/packages.ts';
import type { LoadedCheck } from './index.ts';
import { describe, oneLine } from './message.ts';
import { timerMs } from './timer-limit.ts';

/** ICMP header and the 64 bytes of data that ldirectord sends. */
const PACKET_SIZE = 72;

/** `checktype = ping`: up when one of checkcount echoes is answered within checktimeout.
 *  All targets share one raw socket a family, which `close` ends. Rejects with the mend when
 *  package or privilege is missing. Source: ldirectord(8). */
export async function openPing(): Promise<LoadedCheck> {
  const sessions = new Sessions(loadNetPing());
  // Tells at once whether raw sockets are to be had.
  sessions.of('inet');
  const check: Check = async (target, { signal }) => {
    try {
      return await ping(sessions, target, signal);
    } catch (error) {
      return { up: false, message: describe(error) };
    }
  };
  return Object.assign(check, { close: () => sessions.close() });
}

async function ping(sessions: Sessions, target: CheckTarget, signal: AbortSignal) {
  let problem = '';
  for (let attempt = 0; attempt < Math.max(1, target.checkcount); attempt++) {
    signal.throwIfAborted();
    const error = await echo(sessions.of(target.family), target, signal);
    if (error === null) return { up: true, message: 'echo received' };
    problem = describe(error);
  }
  return { up: false, message: `ping ${target.address}: ${problem}` };
}

/** @returns null when the echo came */
function echo(
  session: Session,
  { address, checktimeoutMs }: CheckTarget,
  signal: AbortSignal,
): Promise<Error | null> {
  return new Promise((resolve) => {
    const abort = () => resolve(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    session.timeout = timerMs(checktimeoutMs);
    session.pingHost(address, (error) => {
      signal.removeEventListener('abort', abort);
      resolve(error);
    });
  });
}

type NetPing = typeof netPing;
type Session = ReturnType<NetPing['createSession']>;

/** The raw sockets, opened when first needed, and again after an error. */
class Sessions {
  readonly #netPing: NetPing;
  readonly #open = new Map<Family, Session>();

  constructor(netPing: NetPing) {
    this.#netPing = netPing;
  }

  of(family: Family): Session {
    const known = this.#open.get(family);
    if (known) return known;
    const session = this.#create(family);
    this.#open.set(family, session);
    session.on('error', () => {
      if (this.#open.get(family) !== session) return;
      this.#open.delete(family);
      session.close();
    });
    return session;
  }

  close(): void {
    for (const session of this.#open.values()) session.close();
    this.#open.clear();
  }

  #create(family: Family): Session {
    try {
      return this.#netPing.createSession({
        networkProtocol: family === 'inet' ? 1 : 2,
        packetSize: PACKET_SIZE,
        retries: 0,
        // The kernel shows every echo to every raw socket: the identifier tells whose it is.
        sessionId: randomInt(1, 65_535),
      });
    } catch (error) {
      throw new Error(
        `ping needs a raw socket (${describe(error)}): run as root or with CAP_NET_RAW, or use checktype=connect`,
        { cause: error },
      );
    }
  }
}

function loadNetPing(): NetPing {
  try {
    // Not import(): what failed once fails ever after there, mended or not.
    return createRequire(import.meta.url)('net-ping');
  } catch (error) {
    const mend = missingPackage('net-ping') ?? uncompiled(error);
    throw new Error(`ping needs ${mend}, or use checktype=connect`, { cause: error });
  }
}

/** Node says it in several lines, with advice that does not fit and the files that asked. */
function uncompiled(error: unknown): string {
  const [why = ''] = describe(error).split(/Please try|Require stack/, 1);
  const command = rebuildCommand('raw-socket');
  return `raw-socket, which cannot be loaded (${oneLine(why)}): compile it for this Node with "${command}" (that takes g++, make and python3)`;
}
