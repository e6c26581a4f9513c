import type { Diagnostic } from './config.ts';

/** What reading a file brings to light, collected while the reading goes on. */
export interface Findings {
  /** @param when  the moment at which ldirectord would meet the error, on a scale where a line
   *               is read at its own number; the line itself when left out */
  error(line: number, message: string, when?: number): void;
  warn(line: number, message: string): void;
  /** A warning of something that this machine lacks. */
  lack(line: number, message: string): void;
  /** In the order of the lines, except that the error at which ldirectord stops comes first. */
  errors(): Diagnostic[];
  /** In the order of the lines. */
  warnings(): Diagnostic[];
  /** As they came. */
  all(): {
    readonly errors: readonly Found[];
    readonly warnings: readonly Diagnostic[];
  };
}

interface Found extends Diagnostic {
  readonly when: number;
}

/** A collection for one file, empty or holding what another one holds. */
export function createFindings(file: string, earlier?: Findings): Findings {
  const errors: Found[] = [...(earlier?.all().errors ?? [])];
  const warnings: Diagnostic[] = [...(earlier?.all().warnings ?? [])];
  return {
    all: () => ({ errors, warnings }),
    error(line, message, when = line) {
      errors.push({ file, line, severity: 'error', message, when });
    },
    warn(line, message) {
      warnings.push({ file, line, severity: 'warning', message });
    },
    lack(line, message) {
      warnings.push({ file, line, severity: 'warning', message, lacking: true });
    },
    errors() {
      const [first, ...rest] = errors.toSorted((a, b) => a.when - b.when);
      if (first === undefined) return [];
      return [first, ...rest.sort((a, b) => a.line - b.line)].map(
        ({ when: _, ...diagnostic }) => diagnostic,
      );
    },
    warnings: () => warnings.toSorted((a, b) => a.line - b.line),
  };
}
