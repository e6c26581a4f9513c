import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { collect, type Outcome, until } from './site.ts';

/** Debian's ldirectord with its paths pointed into a folder of the test's, and an ipvsadm that
 *  does nothing. */
export class RealLdirectord {
  readonly folder: string;
  readonly config: string;
  readonly pidFile: string;
  readonly program: string;
  readonly env: Record<string, string> = { PERLIO: 'perlio' };

  constructor(t: Test, config: string) {
    this.folder = t.testdir();
    const at = (name: string): string => join(this.folder, name);
    this.config = at('a.cf');
    this.pidFile = at('run/ldirectord.a.cf.pid');
    this.program = at('ldirectord');
    mkdirSync(at('run'));
    writeFileSync(at('ipvsadm'), '#!/bin/sh\nexit 0\n');
    const source = readFileSync('/usr/sbin/ldirectord', 'latin1')
      .replaceAll('/var/run/ldirectord', at('run/ldirectord'))
      .replaceAll('"/sbin/ipvsadm"', `"${at('ipvsadm')}"`)
      .replaceAll('/etc/ha.d', at('ha.d'))
      .replaceAll('/var/log/ldirectord.log', at('log'));
    writeFileSync(this.program, source, 'latin1');
    chmodSync(this.program, 0o755);
    chmodSync(at('ipvsadm'), 0o755);
    this.write(config);
    t.teardown(() => this.#kill());
  }

  write(config: string): void {
    writeFileSync(this.config, config.replaceAll('LOG', join(this.folder, 'log')));
  }

  run(...args: string[]): Promise<Outcome> {
    const env = { ...process.env, ...this.env };
    return collect(
      spawn(this.program, args, {
        cwd: this.folder,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** It returns from start and stop before they are done. */
  async settled(running: boolean): Promise<void> {
    await until(
      () => (this.#pid() !== undefined) === running,
      `the real one's pid file, ${running}`,
    );
  }

  /** Its file may go at any time. */
  #pid(): number | undefined {
    try {
      return Number.parseInt(readFileSync(this.pidFile, 'utf8'), 10) || undefined;
    } catch {
      return undefined;
    }
  }

  #kill(): void {
    const pid = this.#pid();
    if (
      pid !== undefined &&
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.folder)
    )
      process.kill(pid, 'SIGKILL');
  }
}
