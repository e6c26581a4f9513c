import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { readAuthKeys } from '../config/authkeys.ts';
import type { Finding } from '../config/findings.ts';
import { readHaCf } from '../config/ha-cf.ts';
import type { HaConfig } from '../config/ha-config.ts';
import { type ResourceGroup, readHaResources } from '../config/haresources.ts';
import type { Keyring } from '../wire/seal.ts';
import type { Files } from './files.ts';
import { absent } from './generation.ts';
import { logFindings } from './log-check.ts';
import { withPeers } from './peers.ts';
import { respawnFindings } from './respawn-check.ts';

/** What the three files say of this node. */
export interface Configuration {
  /** This node's name. */
  readonly name: string;
  readonly config: HaConfig;
  readonly keyring: Keyring;
  readonly groups: readonly ResourceGroup[];
}

export interface Reading {
  /** Undefined where there are errors. */
  readonly configuration: Configuration | undefined;
  readonly findings: readonly Finding[];
}

/** Reads ha.cf, authkeys and haresources to their ends, whatever is wrong.
 *  @param name  of this node; undefined: the first line of nodeinfo, or the host's name */
export async function readConfiguration(
  files: Files,
  name: string | undefined,
): Promise<Reading> {
  const own = (name ?? (await ownName(files))).toLowerCase();
  const findings: Finding[] = [];
  const haCf = await textOf(files.haCf, findings);
  const { config: read, findings: ofHaCf } = readHaCf(haCf, files.haCf, own);
  if (haCf !== '' || findings.length === 0) findings.push(...ofHaCf);
  const config = read && (await onThisHost(read, files.haCf, findings));
  const { keyring, findings: ofKeys } = await readKeys(files);
  findings.push(...ofKeys);
  const text = await textOf(files.haresources, findings);
  const { groups, findings: ofGroups } = readHaResources(
    text,
    files.haresources,
    config?.nodes ?? [],
  );
  if (config) findings.push(...ofGroups);
  const isGood = !findings.some(({ severity }) => severity === 'error');
  const whole = isGood && config && keyring;
  return {
    configuration: whole ? { name: own, config, keyring, groups } : undefined,
    findings,
  };
}

/** What this host has to say to ha.cf. */
async function onThisHost(
  read: HaConfig,
  file: string,
  findings: Finding[],
): Promise<HaConfig> {
  const { config, findings: ofPeers } = await withPeers(read, file);
  const ofRespawns = await respawnFindings(config, file);
  findings.push(...ofPeers, ...ofRespawns, ...(await logFindings(config, file)));
  return config;
}

/** Reads authkeys alone. */
export async function readKeys(
  files: Files,
): Promise<{ keyring: Keyring | undefined; findings: readonly Finding[] }> {
  const findings: Finding[] = [];
  const text = await textOf(files.authkeys, findings);
  const missing = findings.length > 0;
  if (missing) return { keyring: undefined, findings };
  const { mode } = await stat(files.authkeys);
  return readAuthKeys(text, files.authkeys, mode);
}

/** `FILE:LINE: error: what`, as compilers say it. */
export function findingText({ file, line, severity, message }: Finding): string {
  return `${file}${line > 0 ? `:${line}` : ''}: ${severity}: ${message}`;
}

async function ownName({ nodeinfo }: Files): Promise<string> {
  const text = await readFile(nodeinfo, 'utf8').catch(absent);
  return text?.split('\n')[0]?.trim() || hostname();
}

async function textOf(file: string, findings: Finding[]): Promise<string> {
  try {
    return await readFile(file, 'latin1');
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException; // readFile's.
    findings.push({ file, line: 0, severity: 'error', message });
    return '';
  }
}
