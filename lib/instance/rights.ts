import { readFileSync } from 'node:fs';
import { type Capability, capabilitiesIn } from '../model/capability.ts';

/** Who this process is, and what it may beyond that. */
export interface Rights {
  readonly uid: number;
  /** Its name; the number where /etc/passwd has none. */
  readonly user: string;
  readonly capabilities: readonly Capability[];
}

/** As the kernel tells it, now. Source: proc(5), `CapEff`. */
export function ownRights(): Rights {
  const uid = process.getuid?.() ?? 0;
  const mask = /^CapEff:\s*(\w+)/m.exec(read('/proc/self/status'))?.[1] ?? '';
  return { uid, user: nameOf(uid), capabilities: capabilitiesIn(mask) };
}

function nameOf(uid: number): string {
  const line = read('/etc/passwd')
    .split('\n')
    .map((text) => text.split(':'))
    .find(([, , id]) => id === String(uid));
  return line?.[0] ?? String(uid);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
