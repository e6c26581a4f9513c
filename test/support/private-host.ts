import { spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { killQuietly } from '../lab/leftovers.ts';
import { collect, type Outcome, Site, until } from './site.ts';

const SCRIPT = fileURLToPath(import.meta.resolve('../../bin/l4director.js'));

/** A view of this machine's files in which our program is /usr/sbin/ldirectord, the config lies
 *  where Debian's callers expect it, and /run and /var/lib/l4director are empty. Nobody else sees it. Needs root. */
export class PrivateHost {
  readonly site: Site;
  readonly #holder: number;

  private constructor(site: Site, holder: number) {
    this.site = site;
    this.#holder = holder;
  }

  static async open(t: Test, config: string): Promise<PrivateHost> {
    const site = new Site(t, config);
    const launcher = join(site.folder, 'launcher');
    writeFileSync(
      launcher,
      `#!/usr/bin/env node\nimport(${JSON.stringify(SCRIPT)});\n`,
    );
    chmodSync(launcher, 0o755);
    const defaults = join(site.folder, 'default');
    writeFileSync(defaults, `CONFIG_FILE=${site.config}\n`);
    const ready = join(site.folder, 'ready');
    const setUp = `set -e
      mount -t tmpfs none /run
      mkdir -p /run/lock/subsys /run/resource-agents /var/lib/l4director
      mount -t tmpfs none /var/lib/l4director
      mount --bind ${launcher} /usr/sbin/ldirectord
      mount --bind ${defaults} /etc/default/ldirectord
      mount -t tmpfs none /etc/ha.d
      ln -s ${site.config} /etc/ha.d/ldirectord.cf
      touch ${ready}
      exec sleep 600`;
    const holder = spawn('unshare', ['--mount', 'sh', '-c', setUp], {
      stdio: 'ignore',
    });
    t.teardown(() => killAllIn(holder.pid));
    await until(() => existsSync(ready), 'the private host');
    return new PrivateHost(site, holder.pid ?? 0);
  }

  /** Runs a command there. */
  run(...command: readonly string[]): Promise<Outcome> {
    return this.runWith({}, ...command);
  }

  runWith(
    env: Readonly<Record<string, string>>,
    ...command: readonly string[]
  ): Promise<Outcome> {
    const args = ['--mount', `--target=${this.#holder}`, '--', ...command];
    return collect(
      spawn('nsenter', args, {
        env: { ...process.env, ...env },
        cwd: '/',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** A file's text there; empty when there is none. */
  async read(path: string): Promise<string> {
    return (await this.run('sh', '-c', `cat ${path} 2>/dev/null`)).stdout;
  }
}

/** Ends every process that shares the mount namespace, and with them the namespace. */
function killAllIn(holder: number | undefined): void {
  const ours = namespaceOf('self');
  const theirs = namespaceOf(String(holder));
  if (theirs === undefined || theirs === ours) return;
  // Once nothing holds it, its number may be another namespace's at once, whose processes are not ours.
  const held = openSync(`/proc/${holder}/ns/mnt`, 'r');
  try {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      if (namespaceOf(pid) === theirs) killQuietly(Number(pid));
  } finally {
    closeSync(held);
  }
}

function namespaceOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined; // it has ended
  }
}
