import { access, constants } from 'node:fs/promises';
import type { Finding } from '../config/findings.ts';
import type { HaConfig, Respawn } from '../config/ha-config.ts';
import { isIpfail } from '../config/ipfail.ts';
import { accountOf } from './accounts.ts';

/** Whether the programs of `respawn` can run: each needs a user and an executable, but for ipfail, which is
 *  built in. */
export async function respawnFindings(
  { respawns }: HaConfig,
  file: string,
): Promise<readonly Finding[]> {
  const started = respawns.filter((respawn) => !isIpfail(respawn));
  const problems = await Promise.all(started.map(problemOf));
  return started.flatMap(({ line }, n) => {
    const message = problems[n];
    return message ? [{ file, line, severity: 'error', message } as const] : [];
  });
}

async function problemOf({ user, command }: Respawn): Promise<string | undefined> {
  const [program = ''] = command;
  if (!(await accountOf(user)))
    return `respawn: there is no user "${user}": useradd --system ${user}`;
  const isThere = await access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
  return isThere ? undefined : `respawn: ${program} cannot be run: expected a program`;
}
