import { hostname } from 'node:os';
import type { StatusDocument } from '../../model/status.ts';
import { openFiles } from './open-files.ts';
import type { StatRow } from './stat-rows.ts';
import { type Field, jsonField, typedLine } from './typed.ts';

/** What `show info` is made from. */
export interface InfoSource {
  readonly status: StatusDocument;
  /** Of `show stat`, complete. */
  readonly rows: readonly StatRow[];
  readonly maxConnections: number | undefined;
}

interface Row extends Omit<Field, 'value'> {
  readonly value: (source: InfoSource) => string | number | undefined;
}

const none = () => 0;

/** The version of HAProxy whose commands these are: tools read from it what they may ask. */
const DIALECT = '2.6.0';
const RELEASED = '2022/05/31';

/** In HAProxy's order and with its places, since tools go by names and by places. What it counts and
 *  this director has not, be it TLS or pipes, is 0 or left out. Source: HAProxy 2.6, observed. */
const INFO: readonly Row[] = [
  { pos: 0, name: 'Name', type: 'str', tags: 'POS', value: () => 'l4director' },
  { pos: 1, name: 'Version', type: 'str', tags: 'POS', value: () => DIALECT },
  { pos: 2, name: 'Release_date', type: 'str', tags: 'POS', value: () => RELEASED },
  { pos: 3, name: 'Nbthread', type: 'u32', tags: 'CGS', value: threads },
  { pos: 4, name: 'Nbproc', type: 'u32', tags: 'CGS', value: () => 1 },
  { pos: 5, name: 'Process_num', type: 'u32', tags: 'KGP', value: () => 1 },
  { pos: 6, name: 'Pid', type: 'u32', tags: 'SGP', value: ({ status }) => status.pid },
  { pos: 7, name: 'Uptime', type: 'str', tags: 'MDP', value: uptime },
  { pos: 8, name: 'Uptime_sec', type: 'u32', tags: 'MDP', value: seconds },
  { pos: 13, name: 'Ulimit-n', type: 'u32', tags: 'CLP', value: openFiles },
  { pos: 15, name: 'Maxconn', type: 'u32', tags: 'CLP', value: most },
  { pos: 16, name: 'Hard_maxconn', type: 'u32', tags: 'CLP', value: most },
  { pos: 17, name: 'CurrConns', type: 'u32', tags: 'MGP', value: total('scur') },
  { pos: 18, name: 'CumConns', type: 'u32', tags: 'MCP', value: total('stot') },
  { pos: 20, name: 'MaxSslConns', type: 'u32', tags: 'MMP', value: none },
  { pos: 21, name: 'CurrSslConns', type: 'u32', tags: 'MGP', value: none },
  { pos: 22, name: 'CumSslConns', type: 'u32', tags: 'MCP', value: none },
  { pos: 23, name: 'Maxpipes', type: 'u32', tags: 'CLP', value: none },
  { pos: 24, name: 'PipesUsed', type: 'u32', tags: 'MGP', value: none },
  { pos: 25, name: 'PipesFree', type: 'u32', tags: 'MGP', value: none },
  { pos: 26, name: 'ConnRate', type: 'u32', tags: 'MRP', value: total('rate') },
  { pos: 27, name: 'ConnRateLimit', type: 'u32', tags: 'CLP', value: none },
  { pos: 29, name: 'SessRate', type: 'u32', tags: 'MRP', value: total('rate') },
  { pos: 30, name: 'SessRateLimit', type: 'u32', tags: 'CLP', value: none },
  { pos: 47, name: 'Tasks', type: 'u32', tags: 'MGP', value: none },
  { pos: 48, name: 'Run_queue', type: 'u32', tags: 'MGP', value: none },
  { pos: 50, name: 'node', type: 'str', tags: 'COS', value: hostname },
  { pos: 52, name: 'Stopping', type: 'u32', tags: 'MGP', value: none },
  { pos: 55, name: 'Listeners', type: 'u32', tags: 'MGP', value: listeners },
  { pos: 61, name: 'TotalBytesOut', type: 'u64', tags: 'MGP', value: total('bout') },
  { pos: 66, name: 'Build info', type: 'str', tags: 'POS', value: own },
  { pos: 70, name: 'Start_time_sec', type: 'u32', tags: 'MDP', value: started },
];

export function infoText(source: InfoSource): string {
  return fields(source)
    .map(({ name, value }) => `${name}: ${value}`)
    .join('\n');
}

export function typedInfo(source: InfoSource): string {
  return fields(source).map(typedLine).join('\n');
}

export function jsonInfo(source: InfoSource): string {
  return JSON.stringify(fields(source).map((field) => jsonField(field)));
}

function fields(source: InfoSource): readonly Field[] {
  return INFO.flatMap(({ value: read, ...row }) => {
    const value = read(source);
    return value === undefined ? [] : [{ ...row, value }];
  });
}

/** As `show version` has it: `2.6.0-l4director-0.1.0`. */
export function dialect({ status }: Pick<InfoSource, 'status'>): string {
  return `${DIALECT}-l4director-${status.version}`;
}

function own({ status }: InfoSource): string {
  return `l4director ${status.version}`;
}

function threads({ status }: InfoSource): number {
  return Math.max(1, status.workers.length);
}

function seconds({ status }: InfoSource): number {
  return status.uptimeSeconds;
}

/** `0d 0h00m04s`. */
function uptime({ status: { uptimeSeconds: all } }: InfoSource): string {
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  const days = Math.floor(all / 86_400);
  const hours = Math.floor((all % 86_400) / 3600);
  return `${days}d ${hours}h${two((all % 3600) / 60)}m${two(all % 60)}s`;
}

function started({ status }: InfoSource): number {
  return Math.floor(Date.now() / 1000) - status.uptimeSeconds;
}

function most({ maxConnections }: InfoSource): number | undefined {
  return maxConnections;
}

function listeners({ rows }: InfoSource): number {
  return rows.filter(({ cells }) => cells.status === 'OPEN').length;
}

/** Over all frontends. */
function total(column: 'scur' | 'stot' | 'bout' | 'rate') {
  return ({ rows }: InfoSource): number =>
    rows
      .filter(({ kind }) => kind === 'F')
      .reduce((sum, { cells }) => sum + Number(cells[column] ?? 0), 0);
}
