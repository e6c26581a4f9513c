import type { Family } from '../model/address.ts';
import { type OpenFallback, resolveFallback } from './fallback.ts';
import type { FallbackLine } from './fallback-line.ts';
import type { Findings } from './findings.ts';
import type { Lookup } from './lookup.ts';
import { lastOf, type Setting } from './parse.ts';

/** A port by name may differ between the two. */
export interface FallbackPair {
  readonly tcp: OpenFallback;
  readonly udp: OpenFallback;
}

/** The global lines, and the fallbacks in them resolved. */
export interface Globals {
  readonly settings: readonly Setting[];
  readonly fallbacks: Readonly<Record<Family, FallbackPair | undefined>>;
}

/** Resolves the global fallbacks: every line of them, though only the last one holds. */
export function resolveGlobals(
  settings: readonly Setting[],
  around: { readonly lookup: Lookup; readonly findings: Findings },
): Globals {
  const fallbacks: Record<Family, FallbackPair | undefined> = {
    inet: undefined,
    inet6: undefined,
  };
  for (const setting of settings) {
    if (setting.name !== 'fallback' && setting.name !== 'fallback6') continue;
    const family = setting.name === 'fallback' ? 'inet' : 'inet6';
    const { line } = setting;
    const value = setting.value as FallbackLine;
    const resolve = (protocol: 'tcp' | 'udp') =>
      resolveFallback(value, { line, when: line, family, protocol }, around);
    const tcp = resolve('tcp');
    const udp = resolve('udp');
    if (tcp && udp) fallbacks[family] = { tcp, udp };
  }
  return { settings, fallbacks };
}

/** Seconds between two checks where no section says otherwise. */
export function globalInterval(settings: readonly Setting[]): number {
  return lastOf(settings, 'checkinterval') ?? 10;
}
