import { isUtf8 } from 'node:buffer';
import type { Directive } from './directives/directive.ts';
import { DIRECTIVES, type DirectiveName } from './directives.ts';
import type { Findings } from './findings.ts';
import { lastSetting, type ParsedSection, type Setting } from './parse.ts';
import type { ParsedService } from './service.ts';

/** One thing that is accepted and hardly meant. */
interface Advice {
  /** The directive whose line the warning is for; the section's own line when it has none. */
  readonly about: DirectiveName;
  readonly applies: (service: ParsedService, section: ParsedSection) => boolean;
  readonly saying: string;
}

const URL_SERVICES: ReadonlySet<string> = new Set(['http', 'https', 'http_proxy']);
const SQL_SERVICES: ReadonlySet<string> = new Set(['mysql', 'pgsql', 'oracle']);

/** Their libraries take text, and send UTF-8. All others send the bytes of the file. */
const TEXT_SERVICES: ReadonlySet<string> = new Set(['mysql', 'oracle']);

const negotiates = ({ checktype }: ParsedService) =>
  checktype === 'negotiate' || typeof checktype === 'number';

const ADVICE: readonly Advice[] = [
  {
    about: 'netmask',
    applies: ({ netmask, persistent }) =>
      netmask !== undefined && persistent === undefined,
    saying: 'netmask has no effect without persistent',
  },
  {
    about: 'ops',
    applies: ({ ops, protocol }) => ops && protocol !== 'udp',
    saying: 'ops has no effect unless protocol is udp',
  },
  {
    about: 'service',
    applies: (service) => negotiates(service) && service.service === 'none',
    saying:
      'a negotiate check of service none finds every server up; name a service, or write "checktype = connect"',
  },
  {
    about: 'httpmethod',
    applies: (service) =>
      negotiates(service) &&
      URL_SERVICES.has(service.service) &&
      service.httpmethod === 'HEAD' &&
      service.receive !== undefined,
    saying:
      'the answer to HEAD has no body, so receive never matches; write "httpmethod = GET"',
  },
  {
    about: 'receive',
    applies: (service) =>
      negotiates(service) && service.service === 'dns' && service.receive === undefined,
    saying: 'a dns check without receive finds every server down',
  },
  {
    about: 'login',
    applies: (service) =>
      negotiates(service) && SQL_SERVICES.has(service.service) && service.login === '',
    saying: 'a check of a database without login finds every server down',
  },
  ...(['login', 'passwd', 'database', 'request'] as const).map((about) => ({
    about,
    applies: (service: ParsedService) =>
      negotiates(service) &&
      TEXT_SERVICES.has(service.service) &&
      !isUtf8(Buffer.from(service[about], 'latin1')),
    saying: `${about} is not written in UTF-8, and what a check of mysql or oracle sends is; write the file in UTF-8, as "iconv -f latin1 -t utf8" does`,
  })),
];

/** Warns of what ldirectord takes in silence though it is hardly meant. */
export function advise(
  service: ParsedService,
  section: ParsedSection,
  global: readonly Setting[],
  findings: Findings,
): void {
  const lineOf = (name: DirectiveName) =>
    lastSetting(section.settings, name)?.line ?? section.line;
  for (const { about, applies, saying } of ADVICE)
    if (applies(service, section)) findings.warn(lineOf(about), saying);
  const interval = lastSetting(section.settings, 'checkinterval');
  if (interval !== undefined && lastSetting(global, 'fork')?.value !== true)
    findings.warn(
      interval.line,
      `checkinterval counts in a section only with fork = yes; the global ${service.checkinterval} s hold`,
    );
  adviseOnTwins(service, findings);
  adviseOnKeptPorts(service, section, global, findings);
}

/** With gate and ipip the service's port is kept, as IPVS keeps it, whatever port is written. */
function adviseOnKeptPorts(
  service: ParsedService,
  section: ParsedSection,
  global: readonly Setting[],
  findings: Findings,
): void {
  const { reals, fallback, port } = service;
  if (!port) return; // a mark, or any port
  const name = service.family === 'inet' ? 'fallback' : 'fallback6';
  const { line } =
    lastSetting(section.settings, name) ?? lastSetting(global, name) ?? section;
  for (const server of fallback ? [...reals, { ...fallback, line }] : reals) {
    if (server.method === 'masq' || !server.port || server.port === port) continue;
    warnOnce(
      findings,
      server.line,
      `${server.method} keeps the service's port ${port}, whatever port is written; write masq to use ${server.port}`,
    );
  }
}

/** One line may stand for many: a range of servers, the fallback of all services. */
function warnOnce(findings: Findings, line: number, message: string): void {
  const { warnings } = findings.all();
  const told = warnings.some((told) => told.line === line && told.message === message);
  if (!told) findings.warn(line, message);
}

function adviseOnTwins({ reals }: ParsedService, findings: Findings): void {
  const seen = new Map<string, number>();
  const told = new Set<number>();
  for (const { id, line } of reals) {
    const earlier = seen.get(id) ?? line;
    seen.set(id, earlier);
    if (earlier === line || told.has(line)) continue;
    told.add(line);
    findings.warn(
      line,
      `real server ${id} is there already, in line ${earlier}, which counts`,
    );
  }
}

/** Warns of directives that stand twice in one place though only the last counts. */
export function adviseOnRepeats(
  settings: readonly Setting[],
  findings: Findings,
): void {
  const last = new Map(settings.map(({ name, line }) => [name, line]));
  for (const { name, line } of settings) {
    const row: Directive<unknown> = DIRECTIVES[name];
    const holds = last.get(name);
    if (holds !== line && !row.repeats)
      findings.warn(line, `${name} is set again in line ${holds}, which holds`);
  }
}

/** Warns once of the default that ldirectord(8) states wrongly; not where it was written and
 *  refused. */
export function adviseOnQuiescent(
  sections: readonly ParsedSection[],
  global: readonly Setting[],
  findings: Findings,
): void {
  const isSet = (settings: readonly Setting[]) => lastSetting(settings, 'quiescent');
  if (isSet(global) || sections.every(({ settings }) => isSet(settings))) return;
  if (findings.errors().some(({ message }) => /^quiescent\b/.test(message))) return;
  findings.warn(
    0,
    'quiescent is not set, and that means no, whatever the manual of ldirectord says: connections to a server that is down are reset; write "quiescent = yes" or "quiescent = no"',
  );
}
