import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { VirtualService } from '../model/virtual-service.ts';
import type { ReadResult } from './config.ts';
import { checkFiles } from './files.ts';
import { createFindings, type Findings } from './findings.ts';
import { globalSettings } from './global-settings.ts';
import { resolveGlobals } from './globals.ts';
import { readIni } from './ini.ts';
import { type Lookup, withNames } from './lookup.ts';
import { type ParsedFile, parseText } from './parse.ts';
import { type Resolver, systemResolver } from './resolver.ts';
import { buildService } from './service.ts';

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
  const names = how.resolve ?? systemResolver();
  const host = how.hostname ?? process.env.HOSTNAME ?? hostname();
  const built = await withNames(names, (lookup) => {
    const both = createFindings(path, findings);
    return { ...build(parsed, lookup, both, host, ini), both };
  });
  const errors = [...built.both.errors(), ...ini.errors];
  const warnings = [...built.both.warnings(), ...ini.warnings];
  if (errors.length > 0) return { ok: false, errors, warnings };
  const { global, virtuals } = built;
  return {
    ok: true,
    config: { file: path, warnings, global, virtuals, options: ini.process },
  };
}

function build(
  parsed: ParsedFile,
  lookup: Lookup,
  findings: Findings,
  hostname: string,
  ini: Awaited<ReturnType<typeof readIni>>,
) {
  const globals = resolveGlobals(parsed.globals, { lookup, findings });
  const virtuals: VirtualService[] = [];
  const seen = new Map<string, number>();
  const around = { globals, lookup, findings, hostname, options: ini.service };
  for (const section of parsed.sections) {
    const service = buildService(section, around);
    if (service === undefined) continue;
    virtuals.push(service);
    const { end, when, line } = section;
    const earlier = seen.get(service.id);
    if (earlier !== undefined)
      findings.error(
        end,
        `virtual service ${service.id} of line ${line} is there already: expected it once, as in line ${earlier}`,
        when,
      );
    else if (section.last)
      findings.error(
        end,
        'virtual = … is the last line of the file, which ldirectord reads twice and refuses: expected a line below it, as in "    real = 10.0.0.2:80 masq"',
        when,
      );
    seen.set(service.id, earlier ?? line);
  }
  return { globals, virtuals, global: globalSettings(globals) };
}

/** The bytes of the file as Latin-1; undefined after an error. */
async function readText(path: string, findings: Findings): Promise<string | undefined> {
  try {
    await using handle = await open(path);
    const buffer = Buffer.alloc(FILE_LIMIT + 1);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    if (bytesRead > FILE_LIMIT) {
      findings.error(
        0,
        `the file is too large: expected at most ${FILE_LIMIT / 2 ** 20} MiB`,
      );
      return undefined;
    }
    const text = buffer.toString('latin1', 0, bytesRead);
    return linesAreShort(text, findings) ? text : undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    findings.error(0, `cannot be read: ${why}`);
    return undefined;
  }
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
