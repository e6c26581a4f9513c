import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf } from '../lib/model/reason.ts';

/** One core in a period of 100 ms, which is the kernel's default. */
const PERIOD_US = 100_000;

/** How either version of control groups is told of a quota. Source: the kernel's
 *  admin-guide/cgroup-v2 and scheduler/sched-bwc. */
const VERSIONS = [
  { file: 'cpu.max', quota: (us: number) => `${us} ${PERIOD_US}` },
  { file: 'cpu.cfs_quota_us', quota: (us: number) => String(us) },
] as const;

/** Start of the paths of this process' groups; undefined: no cpu controller is mounted. */
export function groupPrefix(): string | undefined {
  const mount = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .find(
      ([, where = '', type, options = '']) =>
        (type === 'cgroup' && options.split(',').includes('cpu')) ||
        (type === 'cgroup2' && controls(where)),
    );
  return mount?.[1] && join(mount[1], `l4director-bench-${process.pid}-`);
}

function controls(mount: string): boolean {
  const file = join(mount, 'cgroup.subtree_control');
  return existsSync(file) && readFileSync(file, 'utf8').split(/\s/).includes('cpu');
}

/** Makes a group whose processes get so much of one core together. The run's guard removes it.
 *  @returns words before a command that start it in the group
 *  @throws where there is no such group to be had */
export function inQuota(name: string, percent: number): readonly string[] {
  const prefix = groupPrefix();
  if (!prefix) throw new Error('no cpu controller');
  const group = prefix + name;
  mkdirSync(group);
  const version = VERSIONS.find(({ file }) => existsSync(join(group, file)));
  if (!version) throw new Error(`${group} has no quota`);
  writeFileSync(join(group, version.file), version.quota((percent * PERIOD_US) / 100));
  const enter = 'echo $$ >"$0" && exec "$@"';
  return ['/bin/sh', '-c', enter, join(group, 'cgroup.procs')];
}

/** What would make quotas possible; undefined: they are. Tries it. */
export function lacksQuota(): string | undefined {
  try {
    inQuota('probe', 50);
    rmdirSync(`${groupPrefix()}probe`);
    return undefined;
  } catch (error) {
    const why = reasonOf(error);
    return `run as root where control groups have the cpu controller (${why})`;
  }
}
