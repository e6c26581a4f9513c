import { EXIT, type Launch } from '../instance/launch.ts';
import { removePidFile } from '../instance/pid-file.ts';
import type { Log } from '../model/log.ts';
import type { Ending } from './ending.ts';
import type { Notifier } from './notify.ts';
import type { Reloader } from './reloader.ts';
import type { Signals } from './signals.ts';

/** Who does what signals ask for. */
interface Wishers {
  readonly ending: Ending;
  readonly reloader: Reloader;
  readonly logs: readonly { reopen(): void }[];
  readonly log: Log;
  readonly launch: Launch;
  readonly notifier: Notifier;
  readonly handOver: () => Promise<void>;
}

/** From now on signals are heard. */
export function attach(signals: Signals, wishers: Wishers): void {
  const { ending, reloader, logs, log, launch, notifier, handOver } = wishers;
  const wishes = {
    stop: (signal: string) => {
      const why = `Linux Director Daemon terminated on signal: ${signal}`;
      if (!ending.ask({ why, exitCode: EXIT.done })) endAtOnce(launch);
    },
    reload: () => {
      log.info('Reloading Linux Director Daemon config on signal');
      notifier.reloading();
      void reloader.reload();
    },
    reopen: () => {
      for (const one of logs) one.reopen();
    },
    upgrade: () => void handOver(),
    nothing: () => {},
  };
  signals.attach((wish, signal) => wishes[wish](signal));
}

/** A second signal: no clean-up, as with ldirectord, but for the pid file. */
function endAtOnce({ instance }: Launch): never {
  removePidFile(instance, process.pid);
  process.exit(EXIT.usage);
}
