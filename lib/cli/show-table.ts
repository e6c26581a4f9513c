import type {
  CheckStatus,
  RealStatus,
  ServiceStatus,
  StatusDocument,
} from '../model/status.ts';
import {
  type Colour,
  cut,
  humanBytes,
  humanSpan,
  type Paint,
  painter,
  printable,
} from './show-text.ts';

interface Style {
  readonly colour: boolean;
  /** Columns to fit into; undefined: lines may be as long as they are. */
  readonly width: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What a column shows of a real server. */
interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly text: (real: RealStatus, now: number) => string;
  readonly colour?: (real: RealStatus) => Colour | undefined;
}

const STATE_COLOURS: Readonly<Record<string, Colour>> = {
  up: 'green',
  down: 'red',
  failed: 'red',
  fallback: 'yellow',
  drain: 'yellow',
  'waiting-for-address': 'yellow',
  starting: 'cyan',
  maintenance: 'cyan',
  unchecked: 'dim',
  'in use': 'yellow',
  standby: 'dim',
};

const COLUMNS: readonly Column[] = [
  { title: 'REAL SERVER', align: 'left', text: nameOf },
  { title: 'METHOD', align: 'left', text: ({ method }) => method },
  { title: 'WEIGHT', align: 'right', text: weightOf },
  {
    title: 'STATE',
    align: 'left',
    text: stateOf,
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
    text: ({ check }) => (check ? checkOf(check) : '-'),
    colour: ({ check }) => (check?.up === false ? 'red' : undefined),
  },
];

/** The status for people: what runs, what is wrong with the configuration, then every virtual
 *  service with its real servers in columns that align over all of them. */
export function formatTable(document: StatusDocument, style: Style): string {
  const paint = painter(style.colour);
  const grid = gridOf(document, style.now);
  const lines = [...headOf(document, paint)];
  lines.push('', paint('dim', rowOf(grid.titles, grid, style, plain)));
  for (const service of document.services) {
    lines.push(...serviceLines(service, paint));
    for (const real of service.reals) {
      const cells = COLUMNS.map((column) => printable(column.text(real, style.now)));
      lines.push(
        rowOf(cells, grid, style, (text, column) => {
          const colour = column.colour?.(real);
          return colour ? paint(colour, text) : text;
        }),
      );
    }
  }
  if (document.services.length === 0) lines.push('no virtual service is configured');
  return `${lines.join('\n')}\n`;
}

interface Grid {
  readonly titles: readonly string[];
  readonly widths: readonly number[];
}

function gridOf({ services }: StatusDocument, now: number): Grid {
  const titles = COLUMNS.map(({ title }) => title);
  const widths = COLUMNS.map(({ title, text }) => {
    let widest = title.length;
    for (const { reals } of services)
      for (const real of reals) widest = Math.max(widest, text(real, now).length);
    return widest;
  });
  return { titles, widths };
}

const plain = (text: string) => text;

/** Colour is put on after padding, as its codes have no width; the last column is cut. */
function rowOf(
  cells: readonly string[],
  { widths }: Grid,
  { width }: Style,
  colour: (text: string, column: Column) => string,
): string {
  const last = COLUMNS.length - 1;
  let used = 2;
  const padded = COLUMNS.map((column, i) => {
    const cell = cells[i] ?? '';
    if (i === last)
      return colour(
        width === undefined ? cell : cut(cell, Math.max(8, width - used)),
        column,
      );
    const size = widths[i] ?? 0;
    used += size + 2;
    const text = column.align === 'left' ? cell.padEnd(size) : cell.padStart(size);
    return colour(text, column);
  });
  return `  ${padded.join('  ')}`;
}

function headOf(document: StatusDocument, paint: Paint): readonly string[] {
  const { version, pid, uptimeSeconds, config, configError } = document;
  const head = `${paint('bold', 'l4director')} ${printable(version)}, pid ${pid}, up ${humanSpan(uptimeSeconds)}, ${printable(config)}`;
  if (configError === null) return [head];
  return [
    head,
    '',
    paint(
      'red',
      'CONFIG ERROR: the file was refused, what was in force before still is:',
    ),
    ...configError.split('\n').map((line) => `  ${paint('red', printable(line))}`),
  ];
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
  ];
  const line = words.join('  ');
  if (service.problem === null) return ['', line];
  return ['', line, `  ${paint('red', `! ${printable(service.problem)}`)}`];
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

function nameOf({ id, fallback }: RealStatus): string {
  return fallback ? `${id.replace(/^fallback:/, '')} (fallback)` : id;
}

function weightOf({ weight, configuredWeight }: RealStatus): string {
  return weight === configuredWeight ? String(weight) : `${weight}/${configuredWeight}`;
}

/** A fallback is not up or down, it is used or not. */
function stateOf({ fallback, inForce, state }: RealStatus): string {
  if (!fallback) return state;
  return inForce ? 'in use' : 'standby';
}

function sinceOf({ since }: RealStatus, now: number): string {
  const at = Date.parse(since);
  return Number.isNaN(at) ? '-' : humanSpan((now - at) / 1000);
}

function checkOf(check: CheckStatus): string {
  const kind = /^\d+$/.test(check.type) ? `combined ${check.type}` : check.type;
  const what = kind === 'negotiate' ? `${kind} ${check.service}` : kind;
  const failures = check.failures > 0 ? ` (${check.failures} failed in a row)` : '';
  return `${what} ${Math.round(check.durationMs)} ms: ${check.message}${failures}`;
}
