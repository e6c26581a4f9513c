import type { CheckReport } from '../model/check.ts';
import { overLine } from '../model/override.ts';
import type { RealState } from '../model/status.ts';
import { serviceLabel, type VirtualService } from '../model/virtual-service.ts';
import type { PoolChange, TableChange } from '../pool/change.ts';

/** What ldirectord writes for each change of a server. Source: observed. */
const VERBS = {
  added: 'Added',
  restored: 'Restored',
  reweighed: 'Restored',
  quiesced: 'Quiescent',
  'readd-quiesced': 'Readd Quiescent',
  deleted: 'Deleted',
  purged: 'Purged',
} as const satisfies Record<TableChange['type'], string>;

/** The log line for a change, in ldirectord's shape with the finding of the check behind it in
 *  parentheses; undefined for a change that has none. */
export function logLine(
  service: VirtualService,
  change: PoolChange,
): string | undefined {
  switch (change.type) {
    case 'availability':
      return undefined;
    case 'overruled':
      return overLine(
        change.server,
        serviceLabel(service),
        change.why,
        change.override,
      );
    case 'agent':
      return `Agent of real server: ${change.server} (${serviceLabel(service)}) says: ${change.agent}`;
    case 'soft-reset':
      return `Resetting soft failure count: ${change.server} (${service.id})`;
    case 'held':
      return `${heldText(service, change)}${findingOf(service, change)}`;
    case 'panic-over':
      return `Panic over: ${serviceLabel(service)}: ${change.down} of ${change.of} real servers are down, and none of them is in force`;
    case 'warming': {
      const { server, weight, ms } = change;
      return `Warming up real server: ${server} (${serviceLabel(service)}) (to weight ${weight} within ${ms / 1000} s)`;
    }
    case 'warm':
      return `Warmed up real server: ${change.server} (${serviceLabel(service)}) (Weight set to ${change.weight})`;
    case 'soft-success': {
      const { server, successes, needed, report } = change;
      const place = `${server} (${service.id})`;
      return `Soft success real server: ${place} success ${successes}/${needed}${finding(service, report)}`;
    }
    case 'soft-failure': {
      const { server, failures, max, report } = change;
      const place = `${server} (${service.id})`;
      return `Soft failure real server: ${place} failure ${failures}/${max}${finding(service, report)}`;
    }
    case 'reserve-up':
    case 'reserve-down':
      return `${reserveText(service, change)}${findingOf(service, change)}`;
    default:
      return `${changeText(service, change)}${findingOf(service, change)}`;
  }
}

/** The line for a server that stays in a panic, without the finding. */
export function heldText(
  service: VirtualService,
  { server, down, of, threshold }: Extract<PoolChange, { readonly type: 'held' }>,
): string {
  return `Panic: real server: ${server} (${serviceLabel(service)}) is down and stays in force: ${down} of ${of} are down, and panic-threshold lets go ${threshold} % of them`;
}

/** The line for one of the reserve that can serve from now on, or cannot, without the finding. */
export function reserveText(
  service: VirtualService,
  change: Extract<PoolChange, { readonly type: 'reserve-up' | 'reserve-down' }>,
): string {
  const { type, role, server } = change;
  const is = type === 'reserve-up' ? 'up' : inWords(change.state);
  return `${type === 'reserve-up' ? 'Ready' : 'Not ready'} ${role} server: ${server} (${serviceLabel(service)}) (it is ${is})`;
}

function inWords(state: RealState): string {
  return state === 'maintenance' ? 'in maintenance' : state;
}

/** How loud that line is. */
export function levelOf({ type }: PoolChange): 'info' | 'warn' | 'error' {
  if (type === 'held') return 'error';
  return type === 'panic-over' || type === 'reserve-down' ? 'warn' : 'info';
}

/** The line for one check, which -d shows: `Checked real server: R (ID): up (connect, 3 ms: ...)`. */
export function checkLine(
  service: VirtualService,
  realId: string,
  report: CheckReport,
): string {
  const verdict = report.up ? 'up' : 'down';
  return `Checked real server: ${realId} (${service.id}): ${verdict}${finding(service, report)}`;
}

/** The line without the finding. */
export function changeText(service: VirtualService, change: TableChange): string {
  const { type, server, weight, fallback, role } = change;
  const kind = role ?? (fallback ? 'fallback' : 'real');
  const place = `${server} (${serviceLabel(service)})`;
  if (type === 'purged') return `Purged ${kind} server (start): ${place}`;
  const set = type === 'deleted' ? '' : ` (Weight set to ${weight})`;
  return `${VERBS[type]} ${kind} server: ${place}${set}`;
}

/** `negotiate http, 3 ms: 200 OK`. */
export function findingText(service: VirtualService, report: CheckReport): string {
  const { maintenance, message, durationMs } = report;
  if (maintenance) return message;
  const { checktype } = service;
  const word = typeof checktype === 'number' ? `combined ${checktype}` : checktype;
  const check = word === 'negotiate' ? `${word} ${service.service}` : word;
  return `${check}, ${Math.round(durationMs)} ms: ${message}`;
}

/** What brought a change about: `connect, 3 ms: ...`, `agent: drain`, `5 of its connections failed ...`;
 *  undefined: the configuration or an operator. */
export function causeText(
  service: VirtualService,
  { report, agent, passive }: Pick<TableChange, 'report' | 'agent' | 'passive'>,
): string | undefined {
  if (passive !== undefined) return passive;
  if (agent !== undefined) return `agent: ${agent}`;
  return report && findingText(service, report);
}

function findingOf(
  service: VirtualService,
  change: Parameters<typeof causeText>[1],
): string {
  const cause = causeText(service, change);
  return cause === undefined ? '' : ` (${cause})`;
}

function finding(service: VirtualService, report: CheckReport | undefined): string {
  return findingOf(service, { report });
}
