import type { Test } from 'tap';
import {
  createDirector,
  type DirectorParts,
} from '../../lib/director/create-director.ts';
import type { Director } from '../../lib/director/director.ts';
import type { Engine } from '../../lib/model/engine.ts';
import type { EngineName } from '../../lib/model/virtual-service.ts';
import { type RecordingAlerts, recordingAlerts } from './recording-alerts.ts';
import { type RecordingEngine, recordingEngine } from './recording-engine.ts';
import { type RecordingLog, recordingLog } from './recording-log.ts';
import { type RecordingRunner, recordingRunner } from './recording-runner.ts';
import { NOON } from './reports.ts';

/** A director with an engine and a runner that record, closed at the test's end. */
export interface Bench {
  readonly director: Director;
  readonly engine: RecordingEngine;
  readonly runner: RecordingRunner;
  readonly alerts: RecordingAlerts;
  readonly log: RecordingLog;
  /** Lets the engine have what was reported so far. */
  settle(): Promise<void>;
  /** What is in force for `tcp:10.1.1.19:80`, or another service, once it is settled. */
  inForce(id?: string): Promise<readonly string[] | undefined>;
}

export const WEB = 'tcp:10.1.1.19:80';

/** @param others  engines beside `net`
 *  @param more    parts of the director besides */
export function aBench(
  t: Test,
  engine: RecordingEngine = recordingEngine(),
  others: Readonly<Partial<Record<EngineName, Engine>>> = {},
  more: Pick<DirectorParts, 'overrides' | 'elders' | 'agents'> = {},
): Bench {
  const log = recordingLog();
  const runner = recordingRunner();
  const engines = new Map<EngineName, Engine>([['net', engine]]);
  for (const [name, other] of Object.entries(others))
    engines.set(name as EngineName, other);
  const alerts = recordingAlerts();
  const director = createDirector({
    engines,
    checks: runner,
    alerts,
    log,
    now: () => NOON,
    ...more,
  });
  t.teardown(() => director.close());
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  };
  const inForce = async (id = WEB) => {
    await settle();
    return engine.inForce(id);
  };
  return { director, engine, runner, alerts, log, settle, inForce };
}
