import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const RUN = fileURLToPath(new URL('../../bench/run.js', import.meta.url));

/** `npm run bench -- WORDS` in a process of its own. */
export function startBench(...words: readonly string[]) {
  const bench = spawn(process.execPath, [RUN, ...words]);
  let [out, said] = ['', ''];
  bench.stdout.on('data', (text) => (out += text));
  bench.stderr.on('data', (text) => (said += text));
  const ended = once(bench, 'close').then(([code]) => ({ code, out, said }));
  return { bench, ended };
}

/** To its end. */
export function runBench(...words: readonly string[]) {
  return startBench(...words).ended;
}

/** Source: proc_pid_children(5). */
export function childrenOf(pid: number | undefined): readonly number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
  return list.split(' ').filter(Boolean).map(Number);
}
