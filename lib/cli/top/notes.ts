import type { Override } from '../../model/override.ts';
import type { RealStatus, ServiceStatus } from '../../model/status.ts';
import { saidOf } from '../show-table.ts';
import type { Row } from './rows.ts';

/** What there is to say of a row beside its figures. */
export function noteOf({ service, real }: Pick<Row, 'service' | 'real'>): string {
  return real === undefined ? ofService(service) : ofReal(real);
}

function ofService({ scheduler, engine, persistent, problem }: ServiceStatus): string {
  const words = [scheduler, engine];
  if (persistent) words.push(`persistent ${persistent} s`);
  return problem === null ? words.join(', ') : `! ${problem}`;
}

function ofReal(real: RealStatus): string {
  const { override, warming, agent, check } = real;
  const words = [
    ...(override === null ? [] : [setOf(override)]),
    ...(warming === null ? [] : [`warming up, ${warming} %`]),
    ...(agent || check ? [saidOf(real)] : []),
  ];
  return words.join('; ');
}

function setOf({ state, weight, by }: Override): string {
  const set = [
    ...(state === 'ready' ? [] : [state]),
    ...(weight === null ? [] : [`weight ${weight}`]),
  ];
  return `${set.join(', ')} set by ${by}`;
}
