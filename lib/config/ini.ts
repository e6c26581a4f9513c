import type { ServiceOptions } from '../model/virtual-service.ts';
import type { Diagnostic, ProcessOptions } from './config.ts';

/** What the ini says. */
export interface IniOptions {
  readonly process: ProcessOptions;
  /** By service id. */
  readonly service: (id: string) => ServiceOptions;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

export async function readIni(_config: string, _ini?: string): Promise<IniOptions> {
  const defaults: ServiceOptions = {
    engine: 'net',
    connectTimeoutMs: 3_000,
    idleTimeoutMs: 900_000,
    halfClosedTimeoutMs: 60_000,
    tlsVerify: true,
    tlsCa: undefined,
    bodyLimit: 1_048_576,
  };
  return {
    process: { file: undefined, maxConnections: undefined },
    service: () => defaults,
    errors: [],
    warnings: [],
  };
}
