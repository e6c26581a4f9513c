import { parse } from 'ini';
import type { Logged } from '../model/connection-log.ts';
import { didYouMean } from '../model/nearest.ts';
import type { ServiceOptions } from '../model/virtual-service.ts';
import { readBounded } from './bounded.ts';
import type { Diagnostic, ProcessOptions } from './config.ts';
import { createFindings, type Findings } from './findings.ts';
import {
  INI_KEYS,
  type IniKey,
  type IniKeyName,
  type IniRow,
  type IniValues,
  iniKeys,
  KEY_TEXTS,
} from './ini-keys.ts';
import { type IniLine, type IniSection, indexIni } from './ini-lines.ts';
import { attempt } from './parse.ts';

/** What the ini says. */
export interface IniOptions {
  readonly process: ProcessOptions;
  /** For the service of that id. */
  readonly service: (id: string) => ServiceOptions;
  readonly errors: readonly Diagnostic[];
  /** @param ids  of the services that there are */
  readonly warnings: (ids: readonly string[]) => readonly Diagnostic[];
}

interface ServiceSection extends IniSection {
  readonly values: IniValues;
}

/** Read when the config has none beside it. */
export const SYSTEM_INI = '/etc/l4director/l4director.ini';
const SIZE_LIMIT = 1024 * 1024;
const SERVICE = /^service\s+(\S+)$/;

/** Reads l4director.ini.
 *  @param ini  a path that must be there; undefined: `<config>.ini`, else the system's, else none */
export async function readIni(config: string, ini?: string): Promise<IniOptions> {
  const places = ini === undefined ? [`${config}.ini`, SYSTEM_INI] : [ini];
  for (const place of places) {
    const findings = createFindings(place);
    const text = await readPlace(place, ini !== undefined, findings);
    if (text !== undefined) return readSections(place, text, findings);
  }
  return readSections(undefined, '', createFindings(config));
}

/** @returns undefined when there is no such file and there need not be */
async function readPlace(
  place: string,
  wanted: boolean,
  findings: Findings,
): Promise<string | undefined> {
  try {
    const bytes = await readBounded(place, SIZE_LIMIT);
    if (bytes !== undefined) return Buffer.from(bytes, 'latin1').toString();
    findings.error(0, `the file is too large: expected at most ${SIZE_LIMIT} bytes`);
  } catch (error) {
    const missing =
      error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing && !wanted) return undefined;
    findings.error(
      0,
      `cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  return '';
}

function readSections(
  file: string | undefined,
  text: string,
  findings: Findings,
): IniOptions {
  const { sections, escaped } = indexIni(text);
  const values: Record<string, unknown> = parse(escaped);
  const common: IniValues = {};
  const services = new Map<string, ServiceSection>();
  const seen = new Map<string, number>();
  sections.forEach((section, at) => {
    const own = SERVICE.exec(section.name ?? '')?.[1];
    if (!isKnownSection(section, own, seen, findings)) return;
    const raw = section.name === undefined ? values : values[`s${at}`];
    const into = own === undefined ? common : {};
    readKeys(section, own !== undefined, isRecord(raw) ? raw : {}, into, findings);
    if (own !== undefined) services.set(own, { ...section, values: into });
  });
  return {
    process: {
      file,
      maxConnections: common.connections,
      workers: common.workers ?? INI_KEYS.workers.default,
      flowtable: common.flowtable ?? INI_KEYS.flowtable.default,
      connectionsFile:
        common['connections-file'] ?? INI_KEYS['connections-file'].default,
      haproxyNames: common['haproxy-names'] ?? INI_KEYS['haproxy-names'].default,
      mode: common.mode ?? INI_KEYS.mode.default,
      group: common.group,
      readOnlySocket: common['read-only-socket'],
      readOnlyMode: common['read-only-mode'] ?? INI_KEYS['read-only-mode'].default,
    },
    service: (id) => optionsFrom({ ...common, ...services.get(id)?.values }),
    errors: findings.errors(),
    warnings: (ids) => {
      const all = createFindings(file ?? '', findings);
      for (const [id, section] of services)
        if (ids.includes(id)) warnOfIdle(id, section, all);
        else
          all.warn(
            section.line,
            `[service ${id}]: there is no such service${didYouMean(id, ids)}`,
          );
      return all.warnings();
    },
  };
}

/** The keys of a service that do nothing for it. */
function warnOfIdle(
  id: string,
  { keys, values }: ServiceSection,
  findings: Findings,
): void {
  for (const { key, line } of keys) {
    const [name, row] = iniKeys(key).find(([, { perService }]) => perService) ?? [];
    const value = name && values[name];
    if (!row?.only || row.only.ids.test(id) || value === row.default) continue;
    findings.warn(
      line,
      `${key} does nothing for ${id}: expected it for ${row.only.words}, as in "[service tcp:10.1.1.19:80]"`,
    );
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKnownSection(
  { name, line }: IniSection,
  service: string | undefined,
  seen: Map<string, number>,
  findings: Findings,
): boolean {
  if (name === undefined) return true;
  const earlier = seen.get(name);
  seen.set(name, line);
  const known = [...new Set(Object.values(INI_KEYS).map(({ section }) => section))];
  const unknown = service === undefined && !known.some((section) => section === name);
  if (unknown)
    findings.error(
      line,
      `unknown section [${name}]${didYouMean(name, known) || `: expected one of [${known.join('], [')}], or one for a service, as in "[service tcp:10.1.1.19:80]"`}`,
    );
  if (earlier !== undefined)
    findings.error(
      line,
      `section [${name}] is there already: expected it once, as in line ${earlier}`,
    );
  return !unknown;
}

/** Reads a section's keys into `into`. */
function readKeys(
  section: IniSection,
  ofService: boolean,
  raw: Readonly<Record<string, unknown>>,
  into: IniValues,
  findings: Findings,
): void {
  const seen = new Map<string, number>();
  for (const one of section.keys) {
    const { key, line } = one;
    const earlier = seen.get(key);
    seen.set(key, line);
    const rows = iniKeys(key);
    const own = rows.find(([, row]) => stands(row, section.name, ofService));
    if (earlier !== undefined)
      findings.error(
        line,
        `${key} is there already: expected it once, as in line ${earlier}`,
      );
    else if (own === undefined) findings.error(line, misplaced(key, rows));
    else readKey(one, raw[key], own, into, findings);
  }
}

/** @param rows  those of the key, of which none may stand where it does */
function misplaced(key: string, [first]: readonly IniRow[]): string {
  const row = first?.[1];
  if (row === undefined) return `unknown key "${key}"${didYouMean(key, KEY_TEXTS)}`;
  return `${key} is in the wrong section: expected it in [${row.section}]${row.perService ? ', or in one for a service, as in "[service tcp:10.1.1.19:80]"' : ''}`;
}

/** Whether the key's place is that section. */
function stands(
  row: IniKey<unknown>,
  section: string | undefined,
  ofService: boolean,
): boolean {
  return ofService ? row.perService : row.section === section;
}

function readKey(
  { key, line, bare }: IniLine,
  raw: unknown,
  [name, row]: IniRow,
  into: IniValues,
  findings: Findings,
): void {
  const text = bare ? '' : String(raw);
  attempt(
    () => Object.assign(into, { [name]: row.parse(text) }),
    (why) => findings.error(line, `${key} = ${text}: ${why}`),
  );
}

function loggedOf(connections: boolean, dontlognull: boolean): Logged {
  if (!connections) return 'none';
  return dontlognull ? 'not-null' : 'all';
}

function optionsFrom(values: IniValues): ServiceOptions {
  const value = <K extends IniKeyName>(key: K) =>
    (values[key] ?? INI_KEYS[key].default) as (typeof INI_KEYS)[K]['default'];
  return {
    engine: value('engine'),
    snat: value('snat'),
    connectTimeoutMs: value('connect-timeout'),
    idleTimeoutMs: value('idle-timeout'),
    halfClosedTimeoutMs: value('half-closed-timeout'),
    udpIdleTimeoutMs: value('udp-idle-timeout'),
    udpAnswerTimeoutMs: value('udp-answer-timeout'),
    capture: value('capture'),
    tlsVerify: value('tls-verify'),
    tlsCa: value('tls-ca'),
    tlsExpiryDays: value('tls-expiry'),
    bodyLimit: value('body-limit'),
    digest: value('digest'),
    logged: loggedOf(value('log-connections'), value('dontlognull')),
  };
}
