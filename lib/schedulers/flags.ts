/** Schedflags have a number and, for each scheduler that reads them, a name: any will do. */
const FALLBACK = ['flag-1', 'sh-fallback', 'mh-fallback'] as const;
const PORT = ['flag-2', 'sh-port', 'mh-port'] as const;

/** Whether another server may stand in for a client's own. Source: ipvsadm(8), `--sched-flags`. */
export function mayFallBack(flags: ReadonlySet<string>): boolean {
  return flags.size > 0 && FALLBACK.some((name) => flags.has(name));
}

/** Whether the client's port counts beside its address. Source: ipvsadm(8), `--sched-flags`. */
export function portCounts(flags: ReadonlySet<string>): boolean {
  return flags.size > 0 && PORT.some((name) => flags.has(name));
}
