import { agentText } from '../model/agent.ts';
import type {
  AgentStatus,
  CheckStatus,
  RealStatus,
  ServiceStatus,
  StatusDocument,
} from '../model/status.ts';
import { alignColumns, type Column, type Style } from './columns.ts';
import { nameLines } from './show-names.ts';
import { peerLines } from './show-peers.ts';
import {
  type Colour,
  humanBytes,
  humanSpan,
  type Paint,
  painter,
  printable,
} from './show-text.ts';

/** The colours of every state that a table names. */
export const STATE_COLOURS: Readonly<Record<string, Colour>> = {
  up: 'green',
  down: 'red',
  failed: 'red',
  panic: 'red',
  fallback: 'yellow',
  drain: 'yellow',
  'waiting-for-address': 'yellow',
  starting: 'cyan',
  maintenance: 'cyan',
  unchecked: 'dim',
  'in use': 'yellow',
  standby: 'dim',
};

const COLUMNS: readonly Column<RealStatus>[] = [
  { title: 'REAL SERVER', align: 'left', text: nameOf },
  { title: 'METHOD', align: 'left', text: ({ method }) => method },
  { title: 'WEIGHT', align: 'right', text: weightOf },
  {
    title: 'STATE',
    align: 'left',
    text: (real) => [stateOf(real), ...warmthOf(real)].join(' '),
    colour: (real) => STATE_COLOURS[stateOf(real)],
  },
  { title: 'SINCE', align: 'right', text: sinceOf },
  { title: 'ACTIVE', align: 'right', text: (real) => String(real.activeConnections) },
  {
    title: 'INACTIVE',
    align: 'right',
    text: (real) => String(real.inactiveConnections),
  },
  { title: 'TOTAL', align: 'right', text: (real) => String(real.totalConnections) },
  { title: 'IN', align: 'right', text: ({ bytesIn }) => humanBytes(bytesIn) },
  { title: 'OUT', align: 'right', text: ({ bytesOut }) => humanBytes(bytesOut) },
  {
    title: 'CHECK',
    align: 'left',
    text: saidOf,
    colour: ({ check, agent }) =>
      check?.up === false || agent?.down != null ? 'red' : undefined,
  },
];

/** The status for people: what runs, what is wrong with the configuration, then every virtual
 *  service with its real servers in columns that align over all of them. */
export function formatTable(document: StatusDocument, style: Style): string {
  const paint = painter(style.colour);
  const reals = document.services.flatMap((service) => service.reals);
  const { titles, row } = alignColumns(COLUMNS, reals, style);
  const lines = [...headOf(document, paint), '', titles];
  for (const service of document.services)
    lines.push(...serviceLines(service, paint), ...service.reals.map(row));
  if (document.services.length === 0) lines.push('no virtual service is configured');
  lines.push(...nameLines(document, paint), ...peerLines(document, paint));
  return `${lines.join('\n')}\n`;
}

function headOf(document: StatusDocument, paint: Paint): readonly string[] {
  const { version, pid, uptimeSeconds, config, configError } = document;
  const head = `${paint('bold', 'l4director')} ${printable(version)}, pid ${pid}, up ${humanSpan(uptimeSeconds)}, ${printable(config)}`;
  const notices = [...rightsLines(document), ...troubleLines(document, paint)];
  if (configError === null) return [head, ...notices];
  return [
    head,
    ...notices,
    '',
    paint(
      'red',
      'CONFIG ERROR: the file was refused, what was in force before still is:',
    ),
    ...configError.split('\n').map((line) => `  ${paint('red', printable(line))}`),
  ];
}

/** Nothing of one that is root. */
function rightsLines({ user, capabilities }: StatusDocument): readonly string[] {
  if (user === 'root') return [];
  const rights = capabilities.join(', ') || 'no rights of root';
  return [`runs as ${printable(user)}, with ${rights}`];
}

/** Whom changes cannot be told. */
function troubleLines(
  { mail, webhooks, alertCommands }: StatusDocument,
  paint: Paint,
): readonly string[] {
  const ways = { MAIL: mail, WEBHOOK: webhooks, COMMAND: alertCommands };
  return Object.entries(ways).flatMap(([name, { problem, pending, dropped }]) => {
    if (problem === null) return [];
    const counts = [`${pending} waiting`, ...countOf(dropped, 'dropped')];
    return [paint('red', `${name}: ${counts.join(', ')}: ${printable(problem)}`)];
  });
}

function serviceLines(service: ServiceStatus, paint: Paint): readonly string[] {
  const state = service.state.toUpperCase();
  const words = [
    paint('bold', printable(service.id)),
    printable(service.scheduler),
    ...persistenceOf(service),
    service.engine,
    paint(STATE_COLOURS[service.state] ?? 'bold', state),
    `${service.acceptedConnections} accepted`,
    ...countOf(service.refusedConnections, 'refused'),
    ...countOf(service.retries, 'retried'),
    ...countOf(service.proxyHeaderErrors, 'without PROXY header'),
    ...countOf(service.sniUnmatched, 'for no name of sni'),
    ...countOf(service.sniErrors, 'without ClientHello'),
  ];
  const line = words.join('  ');
  // An engine that the file names explains itself.
  const plain = service.engineReason === `engine = ${service.engine}`;
  const reasons = plain ? [] : [`${service.engine}: ${service.engineReason}`];
  const problems = service.problem === null ? [] : [service.problem];
  return [
    '',
    line,
    ...reasons.map((text) => `  ${paint('dim', printable(text))}`),
    ...problems.map((text) => `  ${paint('red', `! ${printable(text)}`)}`),
    ...certificateProblems(service).map(
      (text) => `  ${paint('yellow', `! ${printable(text)}`)}`,
    ),
  ];
}

/** Servers often share one certificate: a line each, with the first that showed it. */
function certificateProblems({ reals }: ServiceStatus): readonly string[] {
  const servers = new Map<string, string[]>();
  for (const { id, check } of reals) {
    const { subject, problem } = check?.certificate ?? { problem: null };
    if (problem === null) continue;
    const text = `certificate ${subject} ${problem}`;
    servers.set(text, [...(servers.get(text) ?? []), id]);
  }
  return [...servers].map(([text, [first, ...more]]) => {
    const others = more.length === 0 ? '' : ` and ${more.length} more`;
    return `${text} (${first}${others})`;
  });
}

function persistenceOf(service: ServiceStatus): readonly string[] {
  if (!service.persistent) return [];
  const mask = service.netmask === null ? '' : `/${printable(service.netmask)}`;
  const clients = `${service.persistenceEntries} clients`;
  return [`persistent ${service.persistent} s${mask} (${clients})`];
}

function countOf(count: number, word: string): readonly string[] {
  return count > 0 ? [`${count} ${word}`] : [];
}

/** A real server as tables call it. */
export function nameOf({ id, role }: RealStatus): string {
  return role === 'real' ? id : `${id.replace(/^fallback:/, '')} (${role})`;
}

/** `5`, or `0/5`: in force, and in the file. */
export function weightOf({ weight, configuredWeight }: RealStatus): string {
  return weight === configuredWeight ? String(weight) : `${weight}/${configuredWeight}`;
}

/** Its state in words. A fallback is not up or down, it is used or not. */
export function stateOf({ fallback, inForce, state }: RealStatus): string {
  if (!fallback) return state;
  return inForce ? 'in use' : 'standby';
}

/** `(25 %)`: what it has of its share while it warms up. */
function warmthOf({ warming }: RealStatus): readonly string[] {
  return warming === null ? [] : [`(${warming} %)`];
}

function sinceOf({ since }: RealStatus, now: number): string {
  const at = Date.parse(since);
  return Number.isNaN(at) ? '-' : humanSpan((now - at) / 1000);
}

/** "negotiate http", "combined 3". */
export function checkKind({ type, service }: CheckStatus): string {
  const kind = /^\d+$/.test(type) ? `combined ${type}` : type;
  return kind === 'negotiate' ? `${kind} ${service}` : kind;
}

/** What its agent and its last check said. */
export function saidOf({ agent, check }: RealStatus): string {
  const said = [...agentWords(agent), ...(check ? [checkOf(check)] : [])];
  return said.join('; ') || '-';
}

/** Nothing of one that is content. */
function agentWords(agent: AgentStatus | null): readonly string[] {
  if (agent === null) return [];
  const text = agentText(agent);
  const silent = agent.problem === null ? '' : ` (silent: ${agent.problem})`;
  return text === 'ready' && silent === '' ? [] : [`agent: ${text}${silent}`];
}

/** What its last check said. */
export function checkOf(check: CheckStatus): string {
  const failures = check.failures > 0 ? ` (${check.failures} failed in a row)` : '';
  return `${checkKind(check)} ${Math.round(check.durationMs)} ms: ${check.message}${failures}`;
}
