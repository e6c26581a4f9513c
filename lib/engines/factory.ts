import type { Engine } from '../model/engine.ts';

/** What every engine may be told at its start. */
export interface EngineOptions {
  /** Most client connections at once; undefined: what the file limit allows. */
  readonly maxConnections?: number | undefined;
}

/** A row of the registry of engines. */
export interface EngineFactory {
  readonly summary: string;
  /** The caller closes what it created. */
  create(options: EngineOptions): Engine;
}
