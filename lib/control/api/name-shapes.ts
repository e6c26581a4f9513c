import type { NameStatus } from '../../model/name-status.ts';
import {
  amount,
  count,
  list,
  nullable,
  object,
  type Shape,
  text,
  time,
  word,
} from './shape.ts';

const TYPE = word(['A', 'AAAA', 'SRV'] as const);

/** A question to name servers. */
export const NAME: Shape<NameStatus> = object<NameStatus>(
  'Name',
  {
    name: text(),
    type: TYPE,
    records: list(text(), 'in force'),
    missing: list(
      text(),
      'those that the last answer did not name, which stay for hold',
    ),
    answeredAt: nullable(time(), 'when the last answer came that counts'),
    nextSeconds: amount('until it is asked again; 0: it is being asked'),
    answers: count('questions that were answered'),
    failures: count('questions that were not'),
    problem: nullable(text(), 'why there are none, or the last ones are kept'),
  },
  'A question that name servers are asked for reals-from.',
);
