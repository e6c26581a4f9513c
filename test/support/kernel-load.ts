import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, startAgent } from '../lab/agent.ts';
import type { Host } from '../lab/network.ts';
import type { Visit } from '../lab/traffic.ts';
import { type KernelStage, VIP } from './kernel-stage.ts';

export const PORT = 8080;
export const URL = `http://${VIP}:${PORT}/`;

/** HTTP on port 8080 of the stage's servers, each answering with its name, and an agent on its client;
 *  all go with the network. */
export async function withLoad({ web1, web2, client }: KernelStage): Promise<Agent> {
  for (const web of [web1, web2]) await serveNames(web, PORT);
  return startAgent(client);
}

/** Answers every request with the host's name. */
export async function serveNames(host: Host, port: number): Promise<void> {
  const script = `require('node:http').createServer((_, answer) => answer.end('${host.name}')).listen(${port}, '::')`;
  host.spawn(process.execPath, ['-e', script], {
    stdio: 'ignore',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  while (!(await host.run('cat', '/proc/net/tcp6')).includes(hex)) await sleep(20);
}

/** What became of visits that did not get their answer. */
export function lost(visits: readonly Visit[]): readonly Visit[] {
  return visits.filter(({ outcome }) => outcome !== 'ok');
}

/** How many each server answered. */
export function shares(visits: readonly Visit[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { body } of visits) counts[body] = (counts[body] ?? 0) + 1;
  return counts;
}
