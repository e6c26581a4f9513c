import { capabilitiesFor } from '../config/capabilities.ts';
import type { Config, ReadResult } from '../config/config.ts';
import { ownRights, type Rights } from '../instance/rights.ts';
import { CAPABILITIES } from '../model/capability.ts';

/** A config that needs a right which the director gave up when it became `[daemon] user` is refused: the
 *  kernel gives none back. One that somebody started as that user keeps what it has; what fails then says
 *  so by itself. */
export function refuseBeyond(result: ReadResult, rights = ownRights()): ReadResult {
  if (!result.ok || !gaveUpRoot(result.config, rights)) return result;
  const { file, warnings, options } = result.config;
  const lacking = [...capabilitiesFor(result.config)].filter(
    ([name]) => !rights.capabilities.includes(name),
  );
  if (lacking.length === 0) return result;
  const errors = lacking.map(([name, who]) => ({
    file: options.file ?? file,
    line: 0,
    severity: 'error' as const,
    message: `${who} needs ${name} ${CAPABILITIES[name].what}, which the director gave up when it became ${rights.user}: expected a restart, which keeps it`,
  }));
  return { ok: false, errors, warnings };
}

/** Whether this process runs as its config says, and not as whoever started it. */
export function gaveUpRoot({ options }: Config, { uid }: Rights): boolean {
  return options.user?.uid === uid;
}
