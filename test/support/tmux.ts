import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { until } from './site.ts';

export interface ScreenOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** For the program, besides this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A terminal, which tmux draws, with a program in it. It ends with the test. */
export class Screen {
  readonly #socket: string;

  /** @param command  words of the program */
  constructor(t: Test, command: readonly string[], options: ScreenOptions = {}) {
    const { columns = 80, rows = 24, env = {} } = options;
    const folder = mkdtempSync(join(tmpdir(), 'l4t-'));
    this.#socket = join(folder, 's');
    t.teardown(() => {
      this.#tmux('kill-server');
      rmSync(folder, { recursive: true, force: true });
    });
    const own = Object.entries({ LC_ALL: 'C.UTF-8', ...env });
    const size = ['-x', String(columns), '-y', String(rows)];
    const variables = own.map(([name, value]) => `${name}=${value}`);
    this.#tmux('new-session', '-d', ...size, 'env', ...variables, ...command);
    this.#tmux('set-option', '-g', 'status', 'off');
    this.resize(columns, rows); // the status line had taken one
  }

  #tmux(...words: readonly string[]): string {
    const own = ['-u', '-S', this.#socket, '-f', '/dev/null'];
    return spawnSync('tmux', [...own, ...words], { encoding: 'utf8' }).stdout;
  }

  /** Types the text as it is. */
  type(text: string): void {
    this.#tmux('send-keys', '-l', '--', text);
  }

  /** Presses keys by tmux' names: `Enter`, `C-c`, `Down`. */
  press(...keys: readonly string[]): void {
    for (const key of keys) this.#tmux('send-keys', '--', key);
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** What stands there, line by line, blanks at their ends left out; those that wrapped are joined. */
  text(): string {
    return this.#tmux('capture-pane', '-p', '-J').replace(/ +$/gm, '');
  }

  /** The same, line by line as on the glass, with colours as escapes. */
  coloured(): string {
    return this.#tmux('capture-pane', '-p', '-e');
  }

  /** Pid of the program. */
  pid(): number {
    return Number(this.#tmux('display-message', '-p', '#{pane_pid}'));
  }

  /** Whether the program shows its second screen. */
  alternate(): boolean {
    return this.#tmux('display-message', '-p', '#{alternate_on}').trim() === '1';
  }

  /** Whether a cursor is to be seen. */
  cursor(): boolean {
    return this.#tmux('display-message', '-p', '#{cursor_flag}').trim() === '1';
  }

  /** Waits until the text matches. @throws after 30 s, with what stands there */
  async shows(pattern: RegExp): Promise<void> {
    await until(() => pattern.test(this.text()), String(pattern)).catch(() => {
      throw new Error(`waited in vain for ${pattern}; there is:\n${this.text()}`);
    });
  }
}
