import type { HaConfig } from '../config/ha-config.ts';

/** What Heartbeat's scripts find in their environment: their node, its files, and where they may log.
 *  @param self    this node's name
 *  @param folder  where ha.cf lies
 *  Source: observed on Heartbeat 3.0.6. */
export function scriptEnvironment(
  self: string,
  { logfile, debugfile, logfacility }: HaConfig,
  folder: string,
): Readonly<Record<string, string>> {
  const all: Readonly<Record<string, string | undefined>> = {
    HA_CURHOST: self,
    HA_DIR: folder,
    HA_RCDIR: `${folder}/rc.d`,
    HA_LOGTAG: 'ResourceManager',
    HA_LOGFILE: logfile,
    HA_DEBUGLOG: debugfile,
    HA_LOGFACILITY: logfacility,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
