import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release } from 'node:os';

/** What a campaign is run on and with: names and values, as a page tells them. */
export type Around = Readonly<Record<string, string>>;

export function conditions(): Around {
  const { stdout } = spawnSync('/usr/sbin/haproxy', ['-v'], { encoding: 'utf8' });
  const [, haproxy = 'none'] = /version (\S+)/.exec(stdout ?? '') ?? [];
  const model = cpus()[0]?.model.trim();
  return {
    date: new Date().toISOString().slice(0, 10),
    'Node.js': process.versions.node,
    HAProxy: haproxy,
    kernel: release(),
    processors: `${availableParallelism()}${model ? ` (${model})` : ''}`,
    'load before it': loadavg()
      .map((load) => load.toFixed(1))
      .join(' '),
  };
}
