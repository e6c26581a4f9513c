import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS } from './needs.ts';

/** The command of one nginx process, no master beside it, so that its processor time is one number.
 *  @param connections  most at once, of clients and of servers
 *  @param blocks       what stands beside `events` in the config */
export function nginx(
  folder: string,
  modules: readonly string[],
  connections: number,
  blocks: string,
): readonly string[] {
  const config = join(folder, 'nginx.conf');
  const loads = modules.map((module) => `load_module ${module};`).join('\n');
  writeFileSync(
    config,
    `${loads}
daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')};
events { worker_connections ${connections}; }
${blocks}
`,
  );
  return [PROGRAMS.nginx.path, '-p', folder, '-c', config];
}
