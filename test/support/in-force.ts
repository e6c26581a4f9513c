import { readStatus } from '../../lib/control/index.ts';
import { until } from './site.ts';

/** Waits until the engine of the director at that socket sends clients to every real server: it learns of
 *  them a moment after they are up. */
export async function inForce(socket: string): Promise<void> {
  await until(async () => {
    const { services } = await readStatus(socket, { timeoutMs: 20_000 });
    return services.every(({ reals }) => reals.every(({ weight }) => weight > 0));
  }, 'every real server in force');
}
