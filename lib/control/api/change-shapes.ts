import type { Changed, Drained } from '../../director/desk.ts';
import type { ChangedValue, PlannedChange, ReloadDone } from '../../director/plan.ts';
import type { DirectorEvent } from '../../model/event.ts';
import type { AdminState, Wish } from '../../model/override.ts';
import {
  amount,
  anything,
  count,
  exactly,
  flag,
  list,
  nullable,
  object,
  oneOf,
  optional,
  type Shape,
  text,
  time,
  whole,
  word,
} from './shape.ts';
import {
  ADMIN_STATE,
  OVERRIDE,
  REAL_ID,
  REAL_STATE,
  SERVICE_ID,
  SERVICE_STATE,
  WEIGHT,
} from './status-shapes.ts';

const WEEK_S = 7 * 24 * 3600;

export const WISH = object<Wish>(
  'Wish',
  {
    weight: optional(nullable(WEIGHT, "null: the file's again")),
    state: optional(ADMIN_STATE),
  },
  'What is left out stays.',
);

const WARNING = optional(
  text('there where it is in force and would not outlive the director: why'),
);

export const CHANGED: Shape<Changed> = object<Changed>('Changed', {
  service: SERVICE_ID,
  real: REAL_ID,
  before: nullable(OVERRIDE, 'null: as the file and the checks say'),
  after: nullable(OVERRIDE, 'null: as the file and the checks say'),
  warning: WARNING,
});

export const DRAIN_ORDER = object<{ readonly withinSeconds: number }>('DrainOrder', {
  withinSeconds: whole(
    { least: 0, most: WEEK_S },
    'until then connections may end by themselves; 0: they are ended now',
  ),
});

export const DRAINED: Shape<Drained> = object<Drained>('Drained', {
  ended: count('connections that had to be ended'),
  forgotten: count('persistence entries that were taken away'),
  seconds: amount(),
  warning: WARNING,
});

const PLANNED = object<PlannedChange>('PlannedChange', {
  type: word(['added', 'removed', 'changed']),
  service: nullable(SERVICE_ID, 'null: what holds for all of them'),
  real: nullable(REAL_ID, 'null: the service itself'),
  values: list(
    object<ChangedValue>(undefined, {
      name: text('as in the file or the ini'),
      old: anything(),
      new: anything(),
    }),
    'what changed; secrets read `***`',
  ),
});

export const RELOADED: Shape<ReloadDone> = object<ReloadDone>('Reloaded', {
  ok: exactly(true),
  changes: list(PLANNED),
  warnings: list(text()),
});

type Of<Type extends DirectorEvent['type']> = Extract<DirectorEvent, { type: Type }>;

const STAMP = { id: count('rises by 1; begins anew with the director'), at: time() };

const VALUE = nullable(oneOf<[AdminState, number]>(undefined, ADMIN_STATE, amount()));

export const EVENT: Shape<DirectorEvent> = oneOf<
  [Of<'real'>, Of<'service'>, Of<'change'>, Of<'reload'>]
>(
  'Event',
  object<Of<'real'>>('RealEvent', {
    ...STAMP,
    type: exactly('real'),
    service: SERVICE_ID,
    real: REAL_ID,
    from: nullable(REAL_STATE, 'null: it is new'),
    to: nullable(REAL_STATE, 'null: it left the configuration'),
    weight: count('in force from now on'),
    message: nullable(text(), 'what its last check said'),
  }),
  object<Of<'service'>>('ServiceEvent', {
    ...STAMP,
    type: exactly('service'),
    service: SERVICE_ID,
    from: nullable(SERVICE_STATE),
    to: nullable(SERVICE_STATE),
  }),
  object<Of<'change'>>('ChangeEvent', {
    ...STAMP,
    type: exactly('change'),
    by: text('who'),
    service: nullable(SERVICE_ID),
    real: nullable(REAL_ID),
    what: word(['weight', 'state', 'agent', 'drain', 'connections', 'persistence']),
    old: VALUE,
    new: VALUE,
  }),
  object<Of<'reload'>>('ReloadEvent', {
    ...STAMP,
    type: exactly('reload'),
    ok: flag(),
    reason: nullable(text(), 'why it was refused'),
  }),
);

export const EVENTS = object<{ readonly events: readonly DirectorEvent[] }>('Events', {
  events: list(EVENT),
});
