import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kind } from './subject.ts';

/** A proxy of `bench/peers/`, run by the director's Node.
 *  @param file  its name there, without extension */
export function nodePeer(file: string): Kind {
  const program = fileURLToPath(new URL(`../peers/${file}.js`, import.meta.url));
  return {
    lacks: () => undefined,
    manyServices: true,
    command: ({ folder, services, reals, node }) => {
      const task = join(folder, 'task.json');
      writeFileSync(task, JSON.stringify({ services, reals }));
      return [node, program, task];
    },
  };
}
