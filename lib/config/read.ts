import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { FileEncoding } from '../model/file-text.ts';
import { reasonOf } from '../model/reason.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import { advise, adviseOnQuiescent, adviseOnRepeats } from './advice.ts';
import { readBounded } from './bounded.ts';
import type { ReadResult } from './config.ts';
import { decodeUtf8, isAscii } from './decode.ts';
import { checkFiles } from './files.ts';
import { createFindings, type Findings } from './findings.ts';
import { globalSettings } from './global-settings.ts';
import { resolveGlobals } from './globals.ts';
import { type IniOptions, readIni } from './ini.ts';
import { reportLacking } from './lacking.ts';
import { type Lookup, withNames } from './lookup.ts';
import { adviseOnOptions } from './option-advice.ts';
import { type ParsedFile, type ParsedSection, parseText } from './parse.ts';
import { adviseOnReaders, isSecret } from './readers.ts';
import { type Resolver, systemResolver } from './resolver.ts';
import { buildService, type ParsedService } from './service.ts';

/** How {@link readConfig} goes about it. */
export interface ReadOptions {
  /** Path of the ini; default: the config's own, else /etc/l4director/l4director.ini. */
  readonly ini?: string;
  readonly resolve?: Resolver;
  /** As with -d: log files are not opened, so one that cannot be is no error. */
  readonly debug?: boolean;
  /** For login defaults; default: $HOSTNAME, else this host's name. */
  readonly hostname?: string;
}

/** Largest file and longest line that are read. */
const FILE_LIMIT = 16 * 1024 * 1024;
const LINE_LIMIT = 4096;

/** Reads an ldirectord.cf and its ini. Accepts what ldirectord accepts, and collects every error
 *  instead of stopping at the first. Creates no file; never throws for what a file holds. */
export async function readConfig(
  file: string,
  how: ReadOptions = {},
): Promise<ReadResult> {
  const path = resolve(file);
  const findings = createFindings(path);
  const text = await readText(path, findings);
  const ini = await readIni(path, how.ini);
  if (text === undefined)
    return { ok: false, errors: findings.errors(), warnings: findings.warnings() };
  const parsed = parseText(text, findings);
  checkFiles(parsed, findings, how.debug ?? false);
  adviseOnReaders(path, secretLines(parsed), findings);
  const names = how.resolve ?? systemResolver();
  const host = how.hostname ?? process.env.HOSTNAME ?? hostname();
  const built = await withNames(names, (lookup) =>
    build(parsed, lookup, createFindings(path, findings), host),
  );
  const encoding = encodingOf(text);
  const { global, services, errors, warnings } =
    encoding === 'utf8' && !isAscii(text) ? decodeUtf8(built) : built;
  const reserves = services.map(ini.reserve);
  const wrong = reserves.flatMap((reserve) => reserve.errors);
  if (errors.length + ini.errors.length + wrong.length > 0)
    return { ok: false, errors: [...errors, ...ini.errors, ...wrong], warnings };
  const virtuals = services.map((service, row) => {
    const reals = [...service.reals, ...(reserves[row]?.reals ?? [])];
    return { ...service, reals, encoding, ...optionsIn(ini, service) };
  });
  const { errors: refused, warnings: doubted } = ini.together(virtuals, path);
  if (refused.length > 0) return { ok: false, errors: refused, warnings };
  return {
    ok: true,
    config: {
      file: path,
      digest: hash('sha256', Buffer.from(text, 'latin1')),
      warnings: [
        ...warnings,
        ...doubted,
        ...optionWarnings(virtuals, path),
        ...ini.warnings(virtuals),
      ],
      global,
      virtuals,
      options: ini.process,
    },
  };
}

function optionsIn(
  ini: IniOptions,
  service: ParsedService,
): Pick<VirtualService, 'options' | 'failurecount'> {
  const options = ini.service(service.id);
  return { options, failurecount: options.fall ?? service.failurecount };
}

function secretLines({ globals, sections }: ParsedFile): readonly number[] {
  return [{ settings: globals }, ...sections].flatMap(({ settings }) =>
    settings.filter(isSecret).map(({ line }) => line),
  );
}

/** What is no UTF-8 is taken for Latin-1. */
function encodingOf(bytes: string): FileEncoding {
  return isUtf8(Buffer.from(bytes, 'latin1')) ? 'utf8' : 'latin1';
}

function build(
  parsed: ParsedFile,
  lookup: Lookup,
  findings: Findings,
  hostname: string,
) {
  const globals = resolveGlobals(parsed.globals, { lookup, findings });
  const services: ParsedService[] = [];
  const seen = new Map<string, number>();
  for (const section of parsed.sections) {
    const service = buildService(section, { globals, lookup, findings, hostname });
    if (service === undefined) continue;
    services.push(service);
    advise(service, section, parsed.globals, findings);
    reportLacking(service, section, parsed.globals, findings);
    refuseTwice(section, service.id, seen, findings);
  }
  for (const { settings } of [{ settings: parsed.globals }, ...parsed.sections])
    adviseOnRepeats(settings, findings);
  adviseOnQuiescent(parsed.sections, parsed.globals, findings);
  const global = globalSettings(globals);
  return { services, global, errors: findings.errors(), warnings: findings.warnings() };
}

function optionWarnings(services: readonly VirtualService[], path: string) {
  const findings = createFindings(path);
  adviseOnOptions(services, findings);
  return findings.warnings();
}

/** A service may be there once. */
function refuseTwice(
  { line, end, when, last }: ParsedSection,
  id: string,
  seen: Map<string, number>,
  findings: Findings,
): void {
  const earlier = seen.get(id);
  if (earlier !== undefined)
    findings.error(
      end,
      `virtual service ${id} of line ${line} is there already: expected it once, as in line ${earlier}`,
      when,
    );
  else if (last)
    findings.error(
      end,
      'virtual is on the last line of the file, which ldirectord reads twice and refuses: expected a line below it, as in "    real = 10.0.0.2:80 masq"',
      when,
    );
  seen.set(id, earlier ?? line);
}

/** The bytes of the file as Latin-1; undefined after an error. */
async function readText(path: string, findings: Findings): Promise<string | undefined> {
  try {
    const text = await readBounded(path, FILE_LIMIT);
    if (text !== undefined) return linesAreShort(text, findings) ? text : undefined;
    findings.error(
      0,
      `the file is too large: expected at most ${FILE_LIMIT / 2 ** 20} MiB`,
    );
  } catch (error) {
    const why = reasonOf(error);
    findings.error(0, `cannot be read: ${why}`);
  }
  return undefined;
}

/** Bounds what the patterns of the grammar may have to search. */
function linesAreShort(text: string, findings: Findings): boolean {
  const long = text.split('\n').findIndex((line) => line.length > LINE_LIMIT);
  if (long >= 0)
    findings.error(
      long + 1,
      `the line is too long: expected at most ${LINE_LIMIT} bytes`,
    );
  return long < 0;
}
