import type { Findings } from './findings.ts';
import { INI_KEYS, type IniValues } from './ini-keys.ts';
import type { IniSection } from './ini-lines.ts';
import type { ValueSection } from './web.ts';

/** Refuses what keys about names say that does not go together. */
export function refuseNames(
  sections: readonly IniSection[],
  services: ReadonlyMap<string, ValueSection>,
  common: IniValues,
  findings: Findings,
): void {
  refuseTtls(sections, common, findings);
  for (const { keys, values } of services.values()) {
    const engine = values.engine ?? common.engine;
    const foreign = values['reals-from']?.find(({ method }) => method !== 'masq');
    if (engine === 'nftables' && foreign)
      findings.error(
        lineOf(keys, 'reals-from'),
        `reals-from: ${foreign.name} is forwarded by ${foreign.method}, which the engine nftables cannot: expected masq, as in "${foreign.name}${foreign.port ? `:${foreign.port}` : ''} masq", or another engine`,
      );
  }
}

function refuseTtls(
  sections: readonly IniSection[],
  common: IniValues,
  findings: Findings,
): void {
  const keys = sections.find(({ name }) => name === 'dns')?.keys ?? [];
  const least = common['min-ttl'] ?? INI_KEYS['min-ttl'].default;
  const most = common['max-ttl'] ?? INI_KEYS['max-ttl'].default;
  if (least > most)
    findings.error(
      lineOf(keys, 'min-ttl') || lineOf(keys, 'max-ttl'),
      'min-ttl is above max-ttl: expected it not to be, as in "min-ttl = 1s" with "max-ttl = 5m"',
    );
}

function lineOf(keys: IniSection['keys'], name: string): number {
  return keys.find(({ key }) => key === name)?.line ?? 0;
}
