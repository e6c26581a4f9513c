import type { AdminState, RealRef, Wish } from '../../model/override.ts';
import { Refused } from './refused.ts';

/** `PATCH /api/real`. */
export interface ChangeBody extends RealRef {
  readonly wish: Wish;
}

/** `POST /api/drain`. */
export interface DrainBody extends RealRef {
  readonly withinSeconds: number;
}

export interface LoginBody {
  readonly user: string;
  readonly password: string;
}

const LONGEST_DRAIN_S = 86_400;
const HIGHEST_WEIGHT = 65_535;
const STATES: readonly unknown[] = ['ready', 'drain', 'maintenance'];

/** @throws Refused, as all of these */
export function readChange(body: unknown): ChangeBody {
  const { service, real, weight, state } = fields(body, [
    'service',
    'real',
    'weight',
    'state',
  ]);
  if (weight === undefined && state === undefined)
    throw expected('weight or state', '{"weight": 5}');
  if (state !== undefined && !isAdminState(state))
    throw expected('a state: ready, drain or maintenance', '{"state": "ready"}');
  if (weight !== undefined && weight !== null && !isWhole(weight, HIGHEST_WEIGHT))
    throw expected("a weight: 0 to 65535, or null for the file's", '{"weight": 5}');
  return {
    service: text(service, 'service'),
    real: text(real, 'real'),
    wish: { weight, state },
  };
}

export function readDrain(body: unknown): DrainBody {
  const { service, real, withinSeconds } = fields(body, [
    'service',
    'real',
    'withinSeconds',
  ]);
  if (!isWhole(withinSeconds, LONGEST_DRAIN_S))
    throw expected(`whole seconds, 0 to ${LONGEST_DRAIN_S}`, '{"withinSeconds": 600}');
  return { service: text(service, 'service'), real: text(real, 'real'), withinSeconds };
}

export function readLogin(body: unknown): LoginBody {
  const { user, password } = fields(body, ['user', 'password']);
  return { user: text(user, 'user'), password: text(password, 'password') };
}

function fields(
  body: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw expected('an object', '{}');
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Refused(400, `unknown field: expected only ${known.join(', ')}`);
  return Object.fromEntries(Object.entries(body));
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value.length > 0) return value;
  throw expected(`${name} as text`, `{"${name}": "..."}`);
}

function isAdminState(value: unknown): value is AdminState {
  return STATES.includes(value);
}

function isWhole(value: unknown, most: number): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;
}

function expected(what: string, example: string): Refused {
  return new Refused(400, `expected ${what}, as in ${example}`);
}
