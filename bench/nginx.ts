import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.ts';
import { PROGRAMS } from './needs.ts';

/** One nginx process, no master beside it, so that its processor time is one number.
 *  @param blocks  what stands beside `events` in the config */
export function nginx(
  name: string,
  folder: string,
  modules: readonly string[],
  blocks: string,
): Child {
  const config = join(folder, `${name}.conf`);
  const loads = modules.map((module) => `load_module ${module};`).join('\n');
  writeFileSync(
    config,
    `${loads}
daemon off;
master_process off;
worker_rlimit_nofile 8192;
pid ${join(folder, `${name}.pid`)};
error_log ${join(folder, `${name}.log`)};
events { worker_connections 4096; }
${blocks}
`,
  );
  return new Child(name, PROGRAMS.nginx.path, ['-p', folder, '-c', config]);
}
