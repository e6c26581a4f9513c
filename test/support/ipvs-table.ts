import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(
  new URL('../../../test/support/ipvsadm.pl', import.meta.url),
);

/** The first line of /proc/net/ip_vs_conn. */
export const CONNECTIONS =
  'Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData';

/** What a call of the stand-in gave. */
export interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that stands in for ipvsadm(8) and the kernel's table of virtual servers. */
export class IpvsTable {
  readonly program: string;
  #taken = 0;
  #seen: { readonly version: string; readonly rows: readonly string[] } | undefined;

  /** @param program  path that it is to have; table and calls are kept beside it */
  constructor(program: string) {
    this.program = program;
    copyFileSync(PROGRAM, `${program}.new`);
    renameSync(`${program}.new`, program);
  }

  /** Calls it as somebody else would; this call is not among {@link calls}.
   *  @param words  as on a command line */
  call(words: string, input = ''): Answer {
    const args = words.split(' ');
    const { status, stdout, stderr } = spawnSync(this.program, args, {
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      env: { ...process.env, IPVSADM_SILENT: '1' },
    });
    return { status, stdout, stderr };
  }

  /** The table as the lists show it: services, and their real servers with forwarding, weight and
   *  thresholds. */
  rows(): readonly string[] {
    const version = this.#version();
    if (this.#seen?.version !== version) this.#seen = { version, rows: this.#list() };
    return this.#seen.rows;
  }

  /** Changes with the table. */
  #version(): string {
    const stat = statSync(`${this.program}.table`, {
      bigint: true,
      throwIfNoEntry: false,
    });
    return stat ? `${stat.ino} ${stat.mtimeNs}` : '';
  }

  #list(): readonly string[] {
    const limits = this.call('-L -n --thresholds').stdout.split('\n');
    const plain = this.call('-L -n').stdout.split('\n');
    return plain.flatMap((line, at) => {
      if (at < 3 || line === '') return [];
      if (!line.startsWith('  ->')) return [line];
      const [upper, lower] = (limits[at] ?? '').slice(33).trim().split(/ +/);
      const [, place, forward, weight] = line.trim().split(/ +/);
      return [`  ${place} ${forward} ${weight} u:${upper} l:${lower}`];
    });
  }

  /** The kernel's connections from now on, as procfs shows them. */
  connect(...lines: readonly string[]): void {
    const text = [CONNECTIONS, ...lines].map((line) => `${line}\n`);
    writeFileSync(`${this.program}.conn`, text.join(''));
  }

  /** Every call that it got, in order: one line each, and one for each line of a batch. */
  calls(): readonly string[] {
    const path = `${this.program}.calls`;
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return text.split('\n').filter(Boolean);
  }

  /** Those of them that change the table. */
  changes(): readonly string[] {
    return this.calls().filter((call) => !/^(-L|--restore)/.test(call));
  }

  /** The changes since the last time. */
  take(): readonly string[] {
    const all = this.changes();
    const fresh = all.slice(this.#taken);
    this.#taken = all.length;
    return fresh;
  }
}
