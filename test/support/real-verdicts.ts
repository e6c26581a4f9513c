import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands in for ipvsadm: notes every call, and lists an empty table. */
const IPVSADM = `#!/bin/sh
case "$1" in
  -L) printf 'IP Virtual Server\\nProt LocalAddress:Port\\n  -> RemoteAddress:Port\\n' ;;
  *) echo "$*" >> "$(dirname "$0")/calls.log" ;;
esac
`;

/** Runs Debian's ldirectord, all its paths turned into the folder, through one round of checks.
 *  @param config  sections of a .cf; the n-th virtual service has the address 10.254.0.n:80
 *                 and one real server
 *  @returns       for each of them whether its real server was up in the end */
export async function realVerdicts(
  folder: string,
  config: readonly string[],
): Promise<readonly boolean[]> {
  mkdirSync(folder, { recursive: true });
  const program = prepare(folder);
  const done = join(folder, 'round-done');
  const sentinel = join(folder, 'sentinel');
  writeFileSync(sentinel, `#!/bin/sh\ntouch ${done}\n`, { mode: 0o755 });
  const last = `virtual=10.254.255.1:80\n  real=127.0.0.1:1 masq\n  checktype=external\n  checkcommand=${sentinel}\n`;
  const file = join(folder, 'checks.cf');
  const text = [
    'checkinterval=600',
    'quiescent=yes',
    'readdquiescent=yes\n',
    ...config,
    last,
  ].join('\n');
  writeFileSync(file, text.replace(/^ +/gm, '        '));
  const child = spawn('/usr/bin/perl', [program, '-d', file, 'start'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PERLIO: 'perlio' },
  });
  let said = '';
  child.stderr.on('data', (bytes) => {
    said = `${said}${bytes}`.slice(-2000);
  });
  const exit = once(child, 'exit');
  try {
    while (!existsSync(done)) {
      if (child.exitCode !== null) throw new Error(`ldirectord ended: ${said}`);
      await sleep(20);
    }
  } finally {
    child.kill('SIGKILL');
    await exit;
  }
  const calls = readFileSync(join(folder, 'calls.log'), 'utf8').split('\n');
  return config.map((_, index) => lastWeight(calls, `10.254.0.${index + 1}:80`) > 0);
}

function prepare(folder: string): string {
  const program = join(folder, 'ldirectord');
  const source = readFileSync('/usr/sbin/ldirectord', 'utf8')
    .replaceAll('/var/run/ldirectord', join(folder, 'ldirectord'))
    .replaceAll('/sbin/ipvsadm', join(folder, 'ipvsadm'))
    .replaceAll('/etc/ha.d', folder)
    .replaceAll('/var/log/ldirectord.log', join(folder, 'log'));
  writeFileSync(program, source);
  writeFileSync(join(folder, 'ipvsadm'), IPVSADM, { mode: 0o755 });
  return program;
}

/** Of the last call about the service's real server: -a and -e set it, -d takes it out. */
function lastWeight(calls: readonly string[], service: string): number {
  const last =
    calls.findLast(
      (call) => call.includes(` -t ${service} `) && call.includes(' -r '),
    ) ?? '';
  return last.startsWith('-d') ? 0 : Number(/ -w (\d+)/.exec(last)?.[1] ?? 0);
}
