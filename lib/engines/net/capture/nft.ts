import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How nft ended. */
export interface NftEnd {
  readonly ok: boolean;
  readonly output: string;
  /** Why it did not do it, with the mend; empty when it did. */
  readonly problem: string;
}

const TIMEOUT_MS = 10_000;
const OUTPUT_LIMIT = 2 ** 20;
const WORDS_LIMIT = 1000;
/** The shell's word for a program that is not there. */
const NOT_FOUND = 127;
const INSTEAD = 'or set capture = no and give the other program another address';

/** Runs nft over a script; also from /usr/sbin, which cron's PATH lacks. It opens its input by a path,
 *  which works with a pipe and not with the socket that Node makes. Killed after 10 s. Never rejects. */
export async function nft(script: string): Promise<NftEnd> {
  const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const env = { ...process.env, PATH, LC_ALL: 'C' };
  const words = ['-c', 'cat | nft -f /proc/self/fd/0'];
  const child = spawn('/bin/sh', words, { env, detached: true });
  let [output, said] = ['', ''];
  child.stdout.on('data', (bytes: Buffer) => {
    if (output.length < OUTPUT_LIMIT) output += bytes.toString('utf8');
  });
  child.stderr.on('data', (bytes: Buffer) => {
    if (said.length < WORDS_LIMIT) said += bytes.toString('utf8', 0, WORDS_LIMIT);
  });
  child.stdin.on('error', () => {}); // It ended before it had read all: its exit code says why.
  child.stdin.end(script);
  const timer = setTimeout(() => {
    said = `no end within ${TIMEOUT_MS} ms`;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, TIMEOUT_MS);
  try {
    const [code] = await once(child, 'close');
    const ok = code === 0;
    return { ok, output, problem: ok ? '' : problemOf(code, said) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, output, problem: problemOf(NOT_FOUND, why) };
  } finally {
    clearTimeout(timer);
  }
}

function problemOf(code: number | null, said: string): string {
  const line = said.trim().split('\n')[0] ?? '';
  if (code === NOT_FOUND)
    return `capture = yes needs the program nft, which cannot be run (${line}): install it with "apt-get install nftables", ${INSTEAD}`;
  if (/Operation not permitted|must be root/.test(said))
    return `capture = yes needs permission to change the kernel's tables: start as root or give the process CAP_NET_ADMIN, ${INSTEAD}`;
  return `capture = yes: the kernel did not take the rules (nft: ${line}); tried again every 5 s; ${INSTEAD}`;
}
