import type { NameStatus } from '../model/name-status.ts';
import type { Metric } from './metric-tables.ts';
import { type Family, formatLabels } from './prometheus.ts';

/** Of a name of `reals-from`. */
const NAME: readonly Metric<NameStatus>[] = [
  {
    name: 'name_servers',
    type: 'gauge',
    help: 'Records of a name of reals-from that are in force.',
    value: ({ records }) => records.length,
  },
  {
    name: 'name_answers_total',
    type: 'counter',
    help: 'Questions for a name of reals-from that a name server answered.',
    value: ({ answers }) => answers,
  },
  {
    name: 'name_failures_total',
    type: 'counter',
    help: 'Questions for a name of reals-from that none answered.',
    value: ({ failures }) => failures,
  },
  {
    name: 'name_problem',
    type: 'gauge',
    help: '1 while the last answer to a name of reals-from is missing, empty or too long.',
    value: ({ problem }) => Number(problem !== null),
  },
];

/** The same as families.
 *  @param now  milliseconds since 1970 */
export function nameFamilies(
  names: readonly NameStatus[],
  now: number,
): readonly Family[] {
  const all = names.map((of) => ({
    of,
    labels: formatLabels({ name: of.name, type: of.type }),
  }));
  const ages = all.flatMap(({ of: { answeredAt }, labels }) =>
    answeredAt === null
      ? []
      : [{ labels, value: Math.max(0, (now - Date.parse(answeredAt)) / 1000) }],
  );
  return [
    ...NAME.map(({ value, ...family }) => ({
      ...family,
      samples: all.map(({ of, labels }) => ({ labels, value: value(of) })),
    })),
    {
      name: 'name_answer_age_seconds',
      type: 'gauge',
      help: 'Seconds since the last answer to a name of reals-from.',
      samples: ages,
    },
  ];
}
