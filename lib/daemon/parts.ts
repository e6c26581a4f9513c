import { createCheckRunner } from '../checks/runner.ts';
import type { Config } from '../config/config.ts';
import { createDirector } from '../director/create-director.ts';
import type { Director } from '../director/director.ts';
import { ENGINES } from '../engines/index.ts';
import type { Log } from '../model/log.ts';
import type { EngineName } from '../model/virtual-service.ts';

/** What does the work. */
export interface Parts {
  readonly director: Director;
  /** Ends all of it, the director first. */
  close(): Promise<void>;
}

/** Checks, engines and the director that joins them; nothing is at work yet. */
export function openParts(config: Config, log: Log): Parts {
  const checks = createCheckRunner({ log });
  const { maxConnections } = config.options;
  const engines = new Map(
    Object.entries(ENGINES).map(([name, { create }]) => [
      name as EngineName,
      create({ maxConnections }),
    ]),
  );
  const director = createDirector({ engines, checks, log });
  return {
    director,
    async close() {
      await director.close();
      await checks.close();
    },
  };
}
