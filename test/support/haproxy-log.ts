import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { freePort, until } from './engine-rig.ts';
import { type Cast, CONNECT_MS, IDLE_MS, type LogStory } from './log-stories.ts';

/** Debian's HAProxy in front of the servers of one story. */
export interface HaproxyStage {
  readonly service: string;
  readonly port: number;
  readonly lines: string[];
  /** The check of its servers fails from now on. */
  down(): Promise<void>;
  kill(): Promise<void>;
}

/** Runs HAProxy for one story; it ends with the test.
 *  @param ports  of the servers */
export async function haproxyStage(
  t: Test,
  story: LogStory,
  ports: Readonly<Record<Cast, number>>,
): Promise<HaproxyStage> {
  const folder = mkdtempSync(join(tmpdir(), 'l4d-')); // a socket's path must be short
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const service = `tcp:127.0.0.1:${port}`;
  const health = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(health, 'listening');
  t.teardown(() => health.close());
  const { port: checked } = health.address() as { port: number };
  const control = join(folder, 'h.sock');
  const config = join(folder, 'h.cfg');
  writeFileSync(config, configOf(story, ports, { service, port, checked, control }));
  const haproxy = spawn('haproxy', ['-db', '-f', config], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.teardown(() => haproxy.kill('SIGKILL'));
  const lines = collected(haproxy);
  await until(() => reached(port));
  if (!story.quiet) await until(() => lines.length > 0); // that of the look just now
  lines.length = 0;
  return {
    ...{ service, port, lines },
    down: async () => void health.close(),
    async kill() {
      const socket = createConnection(control);
      // With its end behind it HAProxy may drop the command.
      socket.write(`shutdown sessions server ${service}/echo\n`);
      socket.resume();
      await once(socket, 'close');
    },
  };
}

interface Places {
  readonly service: string;
  readonly port: number;
  readonly checked: number;
  readonly control: string;
}

function configOf(
  { cast, quiet, slow }: LogStory,
  ports: Readonly<Record<Cast, number>>,
  { service, port, checked, control }: Places,
): string {
  const patient = 10 * IDLE_MS;
  const retries = cast.length > 1 ? 1 : 0;
  const health = `check port ${checked} inter 50 fall 1 on-marked-down shutdown-sessions`;
  const servers = cast.map(
    (name) =>
      `  server ${name} 127.0.0.1:${ports[name]} ${name === 'echo' ? health : ''}`,
  );
  return `global
  log stdout format raw local0 info
  stats socket ${control} level admin
defaults
  mode tcp
  log global
  option tcplog
  option redispatch 1
  retries ${retries}
  timeout check 10s
  timeout connect ${CONNECT_MS}
  timeout client ${slow === 'server' ? patient : IDLE_MS}
  timeout server ${slow === 'server' ? IDLE_MS : patient}
listen ${service}
  bind 127.0.0.1:${port}
  balance first
  ${quiet ? 'option dontlognull' : ''}
${servers.join('\n')}
`;
}

/** Its lines about connections; it has others about servers. */
function collected({ stdout }: ChildProcess): string[] {
  const lines: string[] = [];
  if (stdout)
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.includes('] tcp:')) lines.push(line);
    });
  return lines;
}

async function reached(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1');
  const came = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return came;
}
