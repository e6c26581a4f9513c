import { basename } from 'node:path';
import type { Config } from '../../lib/config/config.ts';
import { endpoint } from '../../lib/model/address.ts';
import { serviceLabel } from '../../lib/model/virtual-service.ts';
import type { WebServer } from './web-server.ts';

/** What to try, with commands that can be copied as they stand. */
export interface Intro {
  readonly config: Config;
  readonly servers: readonly WebServer[];
  /** The whole `show` command. */
  readonly show: string;
  /** Keys are read. */
  readonly keys: boolean;
}

export function formatIntro({ config, servers, show, keys }: Intro): string {
  const [first] = servers;
  const tries = config.virtuals
    .filter(({ address }) => address !== undefined)
    .map((virtual) => ({
      command: `curl http://${serviceLabel(virtual)}/`,
      effect: 'again and again: the servers answer in turn',
    }));
  if (first)
    tries.push({
      command: `curl http://${endpoint(first.place.address, first.place.port)}/stop`,
      effect: `${first.name} is away for 20 s; clients notice nothing`,
    });
  const page = config.options.web?.listen;
  if (page)
    tries.push({
      command: `http://${endpoint(page.address, page.port)}/`,
      effect: 'in a browser: all of it, live; drain a server',
    });
  const width = Math.max(...tries.map(({ command }) => command.length));
  const lines = [
    `${servers.length} web servers and a director are at work. Try in another terminal:`,
    '',
    ...tries.map(({ command, effect }) => `  ${command.padEnd(width)}  # ${effect}`),
    `  ${show}`,
    '',
  ];
  const digits = servers.map((_, i) => i + 1).join(', ');
  if (keys)
    lines.push(`Here: ${digits} stops or starts a server, q or Ctrl-C ends it all.`);
  else lines.push('Ctrl-C ends it all.');
  return lines.join('\n');
}

/** Where the director named after this config listens for `show`. */
export function socketIn(runtimeDir: string, config: string): string {
  return `${runtimeDir}/l4director.${basename(config)}.sock`;
}
