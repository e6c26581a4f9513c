import type { Config } from '../config/config.ts';
import { EXIT, type Launch } from '../instance/launch.ts';
import { reasonOf } from '../model/reason.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import { createReporter } from './report.ts';
import { catchSignals } from './signals.ts';

/** Runs a director in this process until it is stopped. Signals are caught before the rest is
 *  even loaded.
 *  @param known  the config, where it has been read just now
 *  @returns      its exit code */
export async function serve(launch: Launch, known?: Config): Promise<number> {
  const signals = catchSignals();
  const report = createReporter(launch);
  try {
    const life = await import('./serve.ts');
    return await life.serve(launch, signals, report, known);
  } catch (error) {
    const reason = reasonOf(error);
    const reasons = [`l4director: cannot start: ${reason}`];
    return await report({ type: 'failed', exitCode: EXIT.failed, reasons });
  }
}

/** Writes one line to the log that the config names, for a command that says nothing itself. */
export async function record(
  logfile: string,
  instance: string,
  message: string,
): Promise<void> {
  const { openDestination } = await import('./log/open.ts');
  const { destination } = openDestination('daemon', logfile, instance);
  destination.write(message, new Date());
  await destination.close(RECORD_MS);
}

/** What `engine = auto` would take here and now, where the way back looks wrong,
 *  and whose clients peers cannot be told of, in lines. */
export async function engineLines(
  services: readonly VirtualService[],
  hasPeers: boolean,
): Promise<readonly string[]> {
  const { engineLines } = await import('./engines.ts');
  return engineLines(services, hasPeers);
}

const RECORD_MS = 1_000;
