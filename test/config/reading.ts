import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadResult } from '../../lib/config/config.ts';
import { type Resolver, readConfig } from '../../lib/config/index.ts';
import { systemResolver } from '../../lib/config/resolver.ts';
import { HOSTS } from './cases/case.ts';

/** Knows the cases' hosts and the system's services, and asks nobody else. */
export const CASE_RESOLVER: Resolver = {
  async host(name, family) {
    return HOSTS[`${name}/${family}`];
  },
  port: systemResolver().port,
};

/** Reads texts through one file, one after the other. */
export async function readTexts(texts: readonly string[]): Promise<ReadResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'l4director-config-'));
  try {
    const results: ReadResult[] = [];
    for (const text of texts) results.push(await readText(join(folder, 'a.cf'), text));
    return results;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function readText(file: string, text: string): Promise<ReadResult> {
  writeFileSync(file, text, 'latin1');
  const resolve = CASE_RESOLVER;
  return readConfig(file, { ini: '/dev/null', resolve, hostname: 'director.example' });
}
