import { parse } from 'ini';
import { didYouMean } from '../model/nearest.ts';
import { reasonOf } from '../model/reason.ts';
import type { ServiceOptions, VirtualService } from '../model/virtual-service.ts';
import { readBounded } from './bounded.ts';
import type { Diagnostic, ProcessOptions } from './config.ts';
import { findCycles } from './cycles.ts';
import { createFindings, type Findings } from './findings.ts';
import { adviseOnKeys } from './ini-advice.ts';
import { refuseForeign, warnOfServices } from './ini-idle.ts';
import { type IniRow, type IniValues, iniKeys, PLAIN_SECTIONS } from './ini-keys.ts';
import { type IniLine, type IniSection, indexIni } from './ini-lines.ts';
import { optionsFrom, processOptions } from './ini-options.ts';
import { misplaced, type Place, placeOf, stands } from './ini-place.ts';
import { refuseNames } from './names-refusals.ts';
import { attempt } from './parse.ts';
import { peerOptions } from './peer.ts';
import { warnOfProxy } from './proxy-advice.ts';
import { adviseOnReaders, adviseOnSecretFiles } from './readers.ts';
import { createReserve, type Reserve } from './reserve.ts';
import type { ParsedService } from './service.ts';
import { refuseRoutes } from './sni-routes.ts';
import { type ValueSection, webOptions } from './web.ts';

/** What the ini says. */
export interface IniOptions {
  readonly process: ProcessOptions;
  /** For the service of that id. */
  readonly service: (id: string) => ServiceOptions;
  readonly reserve: (service: ParsedService) => Reserve;
  readonly errors: readonly Diagnostic[];
  /** What of it and of the config does not go together, with the services that there are. */
  readonly together: (there: readonly VirtualService[], config: string) => Together;
  /** @param there  the services that there are */
  readonly warnings: (there: readonly VirtualService[]) => readonly Diagnostic[];
}

/** What is refused of both files, and what is hardly meant. */
interface Together {
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** Read when the config has none beside it. */
export const SYSTEM_INI = '/etc/l4director/l4director.ini';
const SIZE_LIMIT = 1024 * 1024;

/** Where a config's ini is looked for: the first one that is there counts.
 *  @param ini  the one that was named on the command line */
export function iniPlaces(config: string, ini?: string): readonly string[] {
  return ini === undefined ? [`${config}.ini`, SYSTEM_INI] : [ini];
}

/** Reads l4director.ini.
 *  @param ini  a path that must be there; undefined: `<config>.ini`, else the system's, else none */
export async function readIni(config: string, ini?: string): Promise<IniOptions> {
  for (const place of iniPlaces(config, ini)) {
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
    findings.error(0, `cannot be read: ${reasonOf(error)}`);
  }
  return '';
}

/** What a file says, section by section. */
interface Gathered {
  readonly sections: readonly IniSection[];
  readonly common: IniValues;
  readonly services: ReadonlyMap<string, ValueSection>;
  readonly users: ReadonlyMap<string, ValueSection>;
}

function gather(text: string, findings: Findings): Gathered {
  const { sections, escaped } = indexIni(text);
  const values: Record<string, unknown> = parse(escaped);
  const common: IniValues = {};
  const services = new Map<string, ValueSection>();
  const users = new Map<string, ValueSection>();
  const seen = new Map<string, number>();
  sections.forEach((section, at) => {
    const place = placeOf(section);
    if (!isKnownSection(section, place.of, seen, findings)) return;
    const raw = section.name === undefined ? values : values[`s${at}`];
    const into = place.of === undefined ? common : {};
    readKeys(section, place, isRecord(raw) ? raw : {}, into, findings);
    if (place.of === undefined) return;
    const known = place.kind === 'user' ? users : services;
    known.set(place.of, { ...section, values: into });
  });
  return { sections, common, services, users };
}

function readSections(
  file: string | undefined,
  text: string,
  findings: Findings,
): IniOptions {
  const { sections, common, services, users } = gather(text, findings);
  for (const [id, section] of services) refuseForeign(id, section, findings);
  refuseNames(sections, services, common, findings);
  const passwords = sections.flatMap(({ keys }) =>
    keys.filter(({ key }) => key === 'password').map(({ line }) => line),
  );
  if (file !== undefined) adviseOnReaders(file, passwords, findings);
  const valuesOf = (id: string) => ({ ...common, ...services.get(id)?.values });
  const commonOf = (wanted: string) => ({
    keys: sections.find(({ name }) => name === wanted)?.keys ?? [],
    values: common,
  });
  adviseOnSecretFiles([commonOf('alerts'), ...services.values()], findings);
  return {
    process: processOptions(common, {
      file,
      web: webOptions({ ...commonOf('web'), users }, findings),
      peer: peerOptions(commonOf('peer'), findings),
    }),
    service: (id) => optionsFrom(valuesOf(id), id),
    reserve: createReserve(file ?? '', services, commonOf('checks')),
    errors: findings.errors(),
    together: (there, config) =>
      togetherOf(there, services, { ini: file ?? '', config }),
    warnings: (there) => {
      const all = createFindings(file ?? '', findings);
      warnOfServices(services, there, all);
      warnOfProxy(there, { sections, valuesOf }, all);
      adviseOnKeys(there, { sections, valuesOf }, all);
      return all.warnings();
    },
  };
}

function togetherOf(
  there: readonly VirtualService[],
  services: ReadonlyMap<string, ValueSection>,
  files: { readonly ini: string; readonly config: string },
): Together {
  const ini = createFindings(files.ini);
  const config = createFindings(files.config);
  const lineOf = (id: string) =>
    services.get(id)?.keys.find(({ key }) => key === 'sni')?.line;
  refuseRoutes(there, lineOf, ini);
  findCycles(there, lineOf, { config, ini });
  return {
    errors: [...config.errors(), ...ini.errors()],
    warnings: [...config.warnings(), ...ini.warnings()],
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKnownSection(
  { name, line }: IniSection,
  ofOne: string | undefined,
  seen: Map<string, number>,
  findings: Findings,
): boolean {
  if (name === undefined) return true;
  const earlier = seen.get(name);
  seen.set(name, line);
  const known = PLAIN_SECTIONS;
  const unknown = ofOne === undefined && !known.includes(name);
  if (unknown)
    findings.error(
      line,
      `unknown section [${name}]${didYouMean(name, known) || `: expected one of [${known.join('], [')}], or one for a service, as in "[service tcp:10.1.1.19:80]", or for a user, as in "[web user anna]"`}`,
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
  place: Place,
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
    const own = rows.find(([, row]) => stands(row, section, place));
    if (earlier !== undefined)
      findings.error(
        line,
        `${key} is there already: expected it once, as in line ${earlier}`,
      );
    else if (own === undefined) findings.error(line, misplaced(key, rows));
    else readKey(one, raw[key], own, into, findings);
  }
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
    () => {
      const value = row.parse(text);
      Object.assign(into, { [name]: value });
      const advice = row.advise?.(value);
      if (advice !== undefined) findings.warn(line, `${key} = ${text}: ${advice}`);
    },
    (why) => findings.error(line, `${key} = ${shown(key, text)}: ${why}`),
  );
}

/** One who wrote the password itself there should not find it in a log. Many a webhook's URL is one. */
function shown(key: string, text: string): string {
  return key === 'password' || key === 'webhook' ? '***' : text;
}
