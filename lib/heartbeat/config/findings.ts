/** What is wrong with a file, or strange: where, and how it is mended. */
export interface Finding {
  readonly file: string;
  /** From 1; 0: the file as a whole. */
  readonly line: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** Of one file, in the order of what is found. */
export class Findings {
  readonly found: Finding[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  error(line: number, message: string): void {
    this.found.push({ file: this.#file, line, severity: 'error', message });
  }

  warn(line: number, message: string): void {
    this.found.push({ file: this.#file, line, severity: 'warning', message });
  }

  get hasErrors(): boolean {
    return this.found.some(({ severity }) => severity === 'error');
  }
}
