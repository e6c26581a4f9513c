import type { EngineWork } from '../model/engine.ts';
import type { Metric } from './metric-tables.ts';
import { type Family, formatLabels } from './prometheus.ts';

/** What the daemon knows of its own work, beside the status. */
export interface OwnWork {
  readonly engines: readonly EngineWork[];
  /** Reloads, by how they ended. */
  readonly reloads: Readonly<Record<'ok' | 'refused', number>>;
  /** Lines that were dropped, by the log that they were for. */
  readonly droppedLines: Readonly<Record<'director' | 'connections', number>>;
}

const ENGINE: readonly Metric<EngineWork>[] = [
  {
    name: 'engine_applies_total',
    type: 'counter',
    help: 'Tables that the engine was given.',
    value: ({ applies }) => applies,
  },
  {
    name: 'engine_apply_failures_total',
    type: 'counter',
    help: 'Tables that the engine could not take by a defect.',
    value: ({ failures }) => failures,
  },
  {
    name: 'engine_apply_seconds_total',
    type: 'counter',
    help: 'Seconds that the engine took for its tables.',
    value: ({ seconds }) => seconds,
  },
  {
    name: 'engine_last_apply_seconds',
    type: 'gauge',
    help: 'Seconds that the engine took for its last table.',
    value: ({ lastSeconds }) => lastSeconds,
  },
];

/** The same as families. */
export function ownFamilies({
  engines,
  reloads,
  droppedLines,
}: OwnWork): readonly Family[] {
  const ofEngines = ENGINE.map(({ value, ...family }) => ({
    ...family,
    samples: engines.map((work) => ({
      labels: formatLabels({ engine: work.engine }),
      value: value(work),
    })),
  }));
  return [
    ...ofEngines,
    {
      name: 'reloads_total',
      type: 'counter',
      help: 'Reloads of the configuration, by how they ended.',
      samples: byLabel('result', reloads),
    },
    {
      name: 'log_lines_dropped_total',
      type: 'counter',
      help: 'Log lines that were dropped, since they could not be written.',
      samples: byLabel('log', droppedLines),
    },
  ];
}

function byLabel(label: string, numbers: Readonly<Record<string, number>>) {
  return Object.entries(numbers).map(([name, value]) => ({
    labels: formatLabels({ [label]: name }),
    value,
  }));
}
