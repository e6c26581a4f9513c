import { type Finding, Findings } from './findings.ts';
import type { HaConfig, HaDraft } from './ha-config.ts';
import type { HaDirective } from './ha-directive.ts';
import { HA_DIRECTIVES } from './ha-directives.ts';

export interface HaCf {
  /** Undefined where there are errors. */
  readonly config: HaConfig | undefined;
  readonly findings: readonly Finding[];
}

const DEFAULT_PORT = 694;
const SECOND_MS = 1000;

/** Reads ha.cf to its end, whatever is wrong.
 *  @param ownName  this host's (`uname -n`)
 *  Source: ha.cf(5), and observed on Heartbeat 3.0.6. */
export function readHaCf(text: string, file: string, ownName: string): HaCf {
  const findings = new Findings(file);
  const draft: HaDraft = {
    nodes: [],
    media: [],
    pings: [],
    respawns: [],
    lineOf: {},
    udpport: DEFAULT_PORT,
  };
  for (const [index, whole] of text.split('\n').entries())
    readLine(draft, findings, index + 1, whole);
  const config = settled(draft);
  judge(config, findings, ownName.toLowerCase());
  return { config: findings.hasErrors ? undefined : config, findings: findings.found };
}

function readLine(
  draft: HaDraft,
  findings: Findings,
  line: number,
  whole: string,
): void {
  const bare = whole.replace(/#.*$/, '');
  const [name, ...others] = wordsOf(bare, /[\s,]+/);
  if (name === undefined) return;
  const directive = directiveOf(name);
  const rest =
    directive && 'hasCommas' in directive ? wordsOf(bare, /\s+/).slice(1) : others;
  const notes = {
    error: (message: string) => findings.error(line, `${name}: ${message}`),
    warn: (message: string) => findings.warn(line, `${name}: ${message}`),
  };
  if (!directive) findings.error(line, `"${name}" is no directive of ha.cf`);
  else if (rest.length === 0) notes.error(`expected ${name} ${directive.syntax}`);
  else {
    draft.lineOf[name] = line;
    if ('words' in directive) directive.words(draft, rest, notes, line);
    else for (const word of rest) directive.word(draft, word, notes);
  }
}

function directiveOf(name: string): HaDirective | undefined {
  return Object.hasOwn(HA_DIRECTIVES, name) ? HA_DIRECTIVES[name] : undefined;
}

function wordsOf(text: string, between: RegExp): readonly string[] {
  return text.split(between).filter((word) => word !== '');
}

function settled({ udpport: _, ...draft }: HaDraft): HaConfig {
  const { deadtimeMs = 30 * SECOND_MS } = draft;
  return {
    logfile: undefined,
    debugfile: undefined,
    logfacility: undefined,
    keepaliveMs: SECOND_MS,
    warntimeMs: deadtimeMs / 2,
    initdeadMs: initdeadOf(deadtimeMs),
    deadpingMs: deadtimeMs,
    autoFailback: 'legacy',
    uuidFrom: 'file',
    generationFrom: 'file',
    hopfudge: 1,
    realtime: true,
    rtprio: 1,
    maxRexmitDelayMs: 250,
    form: 'classic',
    ...draft,
    deadtimeMs,
  };
}

/** Networks take their time when hosts start. */
function initdeadOf(deadtimeMs: number): number {
  if (deadtimeMs > 10 * SECOND_MS) return deadtimeMs;
  return deadtimeMs < 6 * SECOND_MS ? 12 * SECOND_MS : 2 * deadtimeMs;
}

function judge(config: HaConfig, findings: Findings, ownName: string): void {
  const { nodes } = config;
  const line = config.lineOf.node ?? 0;
  if (nodes.length === 0) findings.error(0, `no node is named: node ${ownName} OTHER`);
  else if (!nodes.includes(ownName))
    findings.error(
      line,
      `this host, ${ownName}, is none of the nodes (${nodes.join(', ')}): add "node ${ownName}"`,
    );
  if (nodes.length > 2)
    findings.error(
      line,
      `${nodes.length} nodes: haresources is for two; for more there is docs/scale-out.md`,
    );
  if (config.media.length === 0)
    findings.error(0, 'nodes cannot hear each other: bcast eth0');
  judgeTimes(config, findings);
  if (config.autoFailback === 'legacy')
    findings.warn(
      config.lineOf.auto_failback ?? 0,
      'auto_failback is legacy: standby and ipfail do nothing; on or off is better',
    );
}

/** Of times that do not go together, the one is named that would be mended. */
function judgeTimes(config: HaConfig, findings: Findings): void {
  const { keepaliveMs, deadtimeMs, deadpingMs, initdeadMs, lineOf } = config;
  const least = 2 * keepaliveMs;
  const { keepalive = 0, deadtime = keepalive, deadping, initdead = 0 } = lineOf;
  if (deadtimeMs <= least)
    findings.error(
      deadtime,
      `deadtime of ${deadtimeMs} ms: expected more than two keepalives (${least} ms)`,
    );
  // Else it is deadtime.
  if (deadping !== undefined && deadpingMs <= least)
    findings.error(
      deadping,
      `deadping of ${deadpingMs} ms: expected more than two keepalives (${least} ms)`,
    );
  if (initdeadMs < deadtimeMs)
    findings.error(
      initdead,
      `initdead of ${initdeadMs} ms: expected deadtime (${deadtimeMs} ms) or more`,
    );
}
