import type { CheckReport } from '../model/check.ts';
import { overLine } from '../model/override.ts';
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
    case 'soft-failure': {
      const { server, failures, max, report } = change;
      const place = `${server} (${service.id})`;
      return `Soft failure real server: ${place} failure ${failures}/${max}${finding(service, report)}`;
    }
    default:
      return `${changeText(service, change)}${findingOf(service, change)}`;
  }
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
  const { type, server, weight, fallback } = change;
  const kind = fallback ? 'fallback' : 'real';
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

/** What brought a change about: ` (connect, 3 ms: ...)`, ` (agent: drain)`; empty: neither did. */
function findingOf(service: VirtualService, { report, agent }: TableChange): string {
  return agent === undefined ? finding(service, report) : ` (agent: ${agent})`;
}

function finding(service: VirtualService, report: CheckReport | undefined): string {
  return report ? ` (${findingText(service, report)})` : '';
}
