import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.ts';
import { has, PROGRAMS } from './needs.ts';
import { nginx } from './nginx.ts';
import type { Place } from './real-servers.ts';

/** What is compared: round-robin over the real servers, on one port of 127.0.0.1. */
export interface Subject {
  readonly name: string;
  /** Undefined: the real server itself, nobody between. */
  readonly child: Child | undefined;
  readonly place: Place;
}

interface Start {
  readonly folder: string;
  readonly port: number;
  readonly reals: readonly Place[];
  /** The Node that runs the director. */
  readonly node: string;
}

/** How each is started; undefined: it is not installed. */
const STARTS = {
  l4director,
  haproxy: (start) => (has('haproxy') ? haproxy(start) : undefined),
  'nginx stream': (start) => (has('stream') ? nginxStream(start) : undefined),
} as const satisfies Record<string, (start: Start) => Child | undefined>;

const HOST = '127.0.0.1';
const DIRECTOR = fileURLToPath(new URL('../bin/l4director.js', import.meta.url));

/** Those that are installed, listening; what was started goes to `own` at once. */
export async function startSubjects(
  start: Omit<Start, 'port'>,
  freePort: () => Promise<number>,
  own: (child: Child) => void,
): Promise<readonly Subject[]> {
  const subjects: Subject[] = [];
  for (const [name, launch] of Object.entries(STARTS)) {
    const port = await freePort();
    const child = launch({ ...start, port });
    if (!child) continue;
    own(child);
    await child.listening(HOST, port);
    subjects.push({ name, child, place: { host: HOST, port } });
  }
  const [first = { host: HOST, port: 0 }] = start.reals;
  return [...subjects, { name: 'direct', child: undefined, place: first }];
}

function l4director({ folder, port, reals, node }: Start): Child {
  const config = join(folder, 'bench.cf');
  const lines = reals.map((real) => `    real=${real.host}:${real.port} masq`);
  writeFileSync(
    config,
    `logfile="${join(folder, 'l4director.log')}"
virtual=${HOST}:${port}
${lines.join('\n')}
    scheduler=rr
    protocol=tcp
    checktype=on
`,
  );
  const runtime = join(folder, 'run');
  mkdirSync(runtime, { recursive: true });
  const args = [DIRECTOR, '--foreground', '--runtime-dir', runtime, config, 'start'];
  return new Child('l4director', node, args);
}

function haproxy({ folder, port, reals }: Start): Child {
  const config = join(folder, 'haproxy.cfg');
  const servers = reals.map((real, n) => `  server s${n} ${real.host}:${real.port}`);
  writeFileSync(
    config,
    `global
  nbthread 1
  maxconn 1000
defaults
  mode tcp
  option splice-auto
  timeout connect 3s
  timeout client 60s
  timeout server 60s
listen bench
  bind ${HOST}:${port} backlog 4096
  balance roundrobin
${servers.join('\n')}
`,
  );
  return new Child('haproxy', PROGRAMS.haproxy.path, ['-db', '-f', config]);
}

function nginxStream({ folder, port, reals }: Start): Child {
  const servers = reals.map((real) => `server ${real.host}:${real.port};`).join(' ');
  return nginx(
    'stream',
    folder,
    [PROGRAMS.stream.path],
    `stream {
  upstream reals { ${servers} }
  server { listen ${HOST}:${port} backlog=4096; tcp_nodelay on; proxy_pass reals; }
}`,
  );
}
