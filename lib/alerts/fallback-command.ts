import { endpoint } from '../model/address.ts';
import type { Log } from '../model/log.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import { runCommand } from './command.ts';

/** Far longer than a service script takes, short enough that a hanging one is noticed. */
const TIMEOUT_MS = 60_000;
/** For a command that runs when the director ends. */
const SHUTDOWN_MS = 5000;

/** Runs the fallbackcommand of services: one at a time for each service, the latest wish wins.
 *  Close it: it waits for what runs, 5 s at most. */
export interface FallbackCommands extends AsyncDisposable {
  /** Returns at once. A wish equal to the last one for that command is dropped. */
  run(service: VirtualService, action: 'start' | 'stop'): void;
  /** The service is gone: its last wish is forgotten; what runs may end. */
  forget(serviceId: string): void;
}

/** `CMD start|stop VIP:VPORT tcp|udp`, and `CMD start|stop :0 fwm` for a firewall mark.
 *  Undefined: the service has no fallbackcommand. Source: ldirectord(8), observed. */
export function fallbackCommandLine(
  service: Pick<
    VirtualService,
    'fallbackcommand' | 'address' | 'port' | 'fwmark' | 'protocol'
  >,
  action: 'start' | 'stop',
): string | undefined {
  const { fallbackcommand, address, port, protocol } = service;
  if (fallbackcommand === undefined) return undefined;
  const place = address === undefined ? ':0' : endpoint(address, port ?? 0);
  return `${fallbackcommand} ${action} ${place} ${protocol}`;
}

interface Runs {
  /** The last line wished for. */
  wished: string;
  running: boolean;
}

/** @param timeoutMs  how long one run may take */
export function createFallbackCommands(
  log: Log,
  timeoutMs = TIMEOUT_MS,
): FallbackCommands {
  const services = new Map<string, Runs>();
  const inFlight = new Set<Promise<void>>();
  const end = new AbortController();
  let closed = false;

  const work = async (runs: Runs) => {
    runs.running = true;
    for (let done = ''; done !== runs.wished && !closed; ) {
      done = runs.wished;
      await runCommand(done, { timeoutMs, signal: end.signal }, log);
    }
    runs.running = false;
  };

  return {
    run(service, action) {
      const line = fallbackCommandLine(service, action);
      const runs = services.get(service.id) ?? { wished: '', running: false };
      if (closed || line === undefined || line === runs.wished) return;
      runs.wished = line;
      services.set(service.id, runs);
      if (runs.running) return;
      const working = work(runs).finally(() => inFlight.delete(working));
      inFlight.add(working);
    },
    forget(serviceId) {
      services.delete(serviceId);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      const timer = setTimeout(() => end.abort(), SHUTDOWN_MS);
      await Promise.all(inFlight);
      clearTimeout(timer);
    },
  };
}
