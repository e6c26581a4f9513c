import { availableParallelism } from 'node:os';

/** `workers` of l4director.ini. */
export type WorkersWish = number | 'auto';

/** More are of use to few, and each takes memory. */
const MOST_BY_ITSELF = 8;
/** What a listen with SO_REUSEPORT needs. Source: Node's documentation, server.listen(). */
const SHARING = '22.12 or later';

interface Machine {
  /** Processors that this process may use. */
  readonly processors: number;
  /** As `process.versions.node`. */
  readonly node: string;
}

/** How many worker threads there will be, and a line for the log where that is not what was
 *  wished. */
export function workerCount(
  wish: WorkersWish,
  { processors, node }: Machine,
): { readonly workers: number; readonly notice?: string } {
  const wanted = wish === 'auto' ? Math.min(processors, MOST_BY_ITSELF) : wish;
  if (wanted <= 1) return { workers: 1 };
  if (canShare(node)) return { workers: wanted };
  const notice = `One worker thread instead of ${wanted}: more need Node ${SHARING}, and this is ${node}`;
  return { workers: 1, notice };
}

/** The same for this machine and this Node.
 *  @param say  gets that line */
export function countWorkers(wish: WorkersWish, say: (notice: string) => void): number {
  const { node } = process.versions;
  const { workers, notice } = workerCount(wish, {
    processors: availableParallelism(),
    node,
  });
  if (notice !== undefined) say(notice);
  return workers;
}

/** Whether that Node can listen with SO_REUSEPORT: since 22.12 and 23.1. */
export function canShare(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}
