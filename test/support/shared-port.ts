import { canShare } from '../../lib/engines/net/crew/worker-count.ts';

/** Options for `t.test(name, sharedPort(), fn)`: skips by name on a Node that has one worker only.
 *  `.ci/run` runs what is skipped there on Node 24. */
export function sharedPort(): { skip?: string } {
  const { node } = process.versions;
  if (canShare(node)) return {};
  return {
    skip: `needs Node 22.12 or later, as in "npm run test:workers"; this is ${node}`,
  };
}
