import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileEncoding } from '../../lib/model/file-text.ts';

export interface RealRound {
  /** A folder of the round's own; made if need be. */
  readonly folder: string;
  /** Sections of a .cf, one virtual service with one real server each. */
  readonly sections: readonly string[];
  /** How long one check may last before the daemon counts as hung. */
  readonly hangsAfterMs: number;
  /** How the config is written; default: utf8. */
  readonly encoding?: FileEncoding;
  /** PEM of the authorities that its TLS trusts; undefined: the system's. */
  readonly authorities: string | undefined;
}

/** Why a round gave no verdicts, and the service that was being checked ("tcp:10.254.0.1:80";
 *  undefined: none yet). */
export class RoundFailed extends Error {
  readonly service: string | undefined;

  constructor(message: string, service: string | undefined) {
    super(message);
    this.service = service;
  }
}

/** Stands in for ipvsadm: notes every call, and lists an empty table. */
const IPVSADM = `#!/bin/sh
case "$1" in
  -L) printf 'IP Virtual Server\\nProt LocalAddress:Port\\n  -> RemoteAddress:Port\\n' ;;
  *) echo "$*" >> "$(dirname "$0")/calls.log" ;;
esac
`;

/** The last check of the round. It ends with the daemon, lest a second round begins. */
const SENTINEL = `#!/bin/sh
touch "$(dirname "$0")/round-done"
while kill -0 $PPID 2>/dev/null; do sleep 0.05; done
`;
const LAST_SECTION = (command: string): string =>
  `virtual=10.254.255.1:80\n        real=127.0.0.1:1 masq\n        checktype=external\n        checktimeout=600\n        checkcommand=${command}\n`;

/** Runs Debian's ldirectord, all its paths turned into the folder, through one round of checks.
 *  @returns  whether the real server of a service was up in the end, by the service's id
 *  @throws RoundFailed  when it hangs or ends */
export async function realVerdicts(round: RealRound): Promise<(id: string) => boolean> {
  const { folder, authorities } = round;
  mkdirSync(folder, { recursive: true });
  const program = prepare(round);
  const child = spawn(
    '/usr/bin/perl',
    [program, '-d', join(folder, 'checks.cf'), 'start'],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        PERLIO: 'perlio',
        ...(authorities ? { SSL_CERT_FILE: authorities } : {}),
      },
    },
  );
  const exit = once(child, 'exit');
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    await roundDone(child, round);
  } finally {
    kill();
    await exit;
    process.off('exit', kill);
  }
  const calls = readFileSync(join(folder, 'calls.log'), 'utf8').split('\n');
  return (id) => lastWeight(calls, id) > 0;
}

async function roundDone(child: ChildProcess, round: RealRound): Promise<void> {
  let said = '';
  let service: string | undefined;
  let since = performance.now();
  child.stderr?.setEncoding('latin1').on('data', (text: string) => {
    said = `${said}${text}`.slice(-8000);
    const checking = [...said.matchAll(/: Checking .*\(virtual=(\S+)\)$/gm)].at(
      -1,
    )?.[1];
    if (checking === service) return;
    service = checking;
    since = performance.now();
  });
  while (!existsSync(join(round.folder, 'round-done'))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new RoundFailed(`ldirectord ended: ${lastLines(said)}`, service);
    if (performance.now() - since > round.hangsAfterMs)
      throw new RoundFailed(`ldirectord hangs: ${lastLines(said)}`, service);
    await sleep(20);
  }
}

/** What it said of the check that it did not finish. */
function lastLines(said: string): string {
  return said.slice(Math.max(said.lastIndexOf('Checking '), said.length - 800));
}

/** Writes the config and all that the daemon calls. @returns the daemon's path */
function prepare({ folder, sections, encoding = 'utf8' }: RealRound): string {
  const at = (name: string) => join(folder, name);
  const source = readFileSync('/usr/sbin/ldirectord', 'latin1')
    .replaceAll('/var/run/ldirectord', at('ldirectord'))
    .replaceAll('/sbin/ipvsadm', at('ipvsadm'))
    .replaceAll('/etc/ha.d', folder)
    .replaceAll('/var/log/ldirectord.log', at('log'));
  writeFileSync(at('ldirectord'), source, 'latin1');
  writeFileSync(at('ipvsadm'), IPVSADM, { mode: 0o755 });
  writeFileSync(at('sentinel'), SENTINEL, { mode: 0o755 });
  const settings = ['checkinterval=600', 'quiescent=yes', 'readdquiescent=yes', ''];
  const text = [...settings, ...sections, LAST_SECTION(at('sentinel'))].join('\n');
  writeFileSync(at('checks.cf'), text, encoding);
  return at('ldirectord');
}

/** Of the last call about the service's real server: -a and -e set it, -d takes it out. */
function lastWeight(calls: readonly string[], id: string): number {
  const flag = id.startsWith('udp:') ? '-u' : '-t';
  const service = ` ${flag} ${id.slice(4)} `;
  const last =
    calls.findLast((call) => call.includes(service) && call.includes(' -r ')) ?? '';
  return last.startsWith('-d') ? 0 : Number(/ -w (\d+)/.exec(last)?.[1] ?? 0);
}
