import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { triedPort } from './tried-port.ts';

/** A real program on loopback that says whose connection it sees, and whom that one called. */
export interface ProxyNeighbour {
  readonly address: string;
  readonly port: number;
}

/** What starts one with a PROXY header expected at that place. In a field `X-Seen` of its answers stands
 *  `CLIENT PORT ADDRESS PORT`, the latter two of what was called; Apache knows the first one only. Gone
 *  with the test. */
export type StartNeighbour = (t: Test, address: string) => Promise<ProxyNeighbour>;

/** Apache, with mod_remoteip. */
export const apache: StartNeighbour = async (t, address) => {
  const port = await triedPort(address);
  const folder = folderFor(t);
  mkdirSync(join(folder, 'pages'));
  writeFileSync(join(folder, 'pages', 'index.html'), '');
  const modules = ['mpm_event', 'authz_core', 'dir', 'remoteip', 'headers'];
  const lines = [
    ...['ServerName lab', `ServerRoot ${folder}`, `PidFile ${folder}/pid`],
    ...[`ErrorLog ${folder}/error`, 'User www-data', 'Group www-data'],
    ...modules.map(
      (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
    ),
    `Listen ${bracketed(address)}:${port}`,
    ...['RemoteIPProxyProtocol On', `DocumentRoot ${folder}/pages`],
    ...['StartServers 1', 'DirectoryIndex index.html'],
    `<Directory ${folder}/pages>`,
    ' Require all granted',
    '</Directory>',
    'Header always set X-Seen "expr=%{REMOTE_ADDR}"',
  ];
  const file = join(folder, 'conf');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return await started(t, 'apache2', ['-DFOREGROUND', '-f', file], { address, port });
};

/** nginx, as an HTTP server.
 *  @param tls  paths of certificate and key: it speaks TLS behind the header */
export function nginx(tls?: {
  readonly cert: string;
  readonly key: string;
}): StartNeighbour {
  return async (t, address) => {
    const port = await triedPort(address);
    const server = [
      `listen ${bracketed(address)}:${port}${tls ? ' ssl' : ''} proxy_protocol;`,
      ...(tls ? [`ssl_certificate ${tls.cert}; ssl_certificate_key ${tls.key};`] : []),
      'add_header X-Seen "$proxy_protocol_addr $proxy_protocol_port $proxy_protocol_server_addr $proxy_protocol_server_port";',
      'location / { return 200 "good\\n"; }',
    ];
    const section = `http { access_log off; server { ${server.join(' ')} } }`;
    return await startNginx(t, section, { address, port });
  };
}

/** HAProxy, as an HTTP server. */
export const haproxy: StartNeighbour = async (t, address) => {
  const port = await triedPort(address);
  const lines = [
    'frontend f',
    ' mode http',
    ` bind ${bracketed(address)}:${port} accept-proxy`,
    ' http-request return status 200 content-type text/plain string "good" hdr X-Seen "%[src] %[src_port] %[dst] %[dst_port]"',
  ];
  return await startHaproxyAt(t, lines, { address, port });
};

/** Sends what comes to it on to that place, with a header before it. */
export type StartSender = (t: Test, to: ProxyNeighbour) => Promise<ProxyNeighbour>;

/** HAProxy. @param word  `send-proxy`, or `send-proxy-v2` */
export function haproxySender(word: string): StartSender {
  return async (t, { address, port: to }) => {
    const port = await triedPort(address);
    const lines = [
      'listen l',
      ` bind ${bracketed(address)}:${port}`,
      ` server s ${bracketed(address)}:${to} ${word}`,
    ];
    return await startHaproxyAt(t, lines, { address, port });
  };
}

/** nginx, which sends version 1. */
export const nginxSender: StartSender = async (t, { address, port: to }) => {
  const port = await triedPort(address);
  const here = bracketed(address);
  const server = `listen ${here}:${port}; proxy_pass ${here}:${to}; proxy_protocol on;`;
  const section = `stream { server { ${server} } }`;
  return await startNginx(t, section, { address, port });
};

/** nginx with that section, `http` or `stream`, as all that it does. Gone with the test. */
export async function startNginx(
  t: Test,
  section: string,
  at: ProxyNeighbour,
): Promise<ProxyNeighbour> {
  const folder = folderFor(t);
  const file = join(folder, 'nginx.conf');
  const module = 'load_module /usr/lib/nginx/modules/ngx_stream_module.so;';
  const isStream = section.startsWith('stream');
  writeFileSync(
    file,
    `${isStream ? module : ''} daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error; events {} ${section}`,
  );
  return await started(t, 'nginx', ['-p', folder, '-c', file], at);
}

async function startHaproxyAt(
  t: Test,
  lines: readonly string[],
  at: ProxyNeighbour,
): Promise<ProxyNeighbour> {
  const file = join(folderFor(t), 'haproxy.cfg');
  const times = ['connect', 'client', 'server'].map((name) => ` timeout ${name} 10s`);
  const head = ['global', ' maxconn 100', 'defaults', ' mode tcp', ...times];
  writeFileSync(file, `${[...head, ...lines].join('\n')}\n`);
  return await started(t, 'haproxy', ['-f', file, '-db'], at);
}

/** Once it listens there; it ends with the test. */
export async function started(
  t: Test,
  program: string,
  args: readonly string[],
  at: ProxyNeighbour,
): Promise<ProxyNeighbour> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: `/usr/sbin:${process.env.PATH}` },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  t.teardown(() => ended(child));
  const deadline = performance.now() + 20_000;
  while (!(await listens(at))) {
    if (performance.now() > deadline || child.exitCode !== null)
      throw new Error(`${program} does not start: ${said}`);
    await sleep(50);
  }
  return at;
}

/** Apache's children go with their parent only if it ends in good order. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await once(child, 'exit');
  clearTimeout(timer);
}

function listens({ address: host, port }: ProxyNeighbour): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** One each, for a test starts several. */
export function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'l4director-'));
  chmodSync(folder, 0o755);
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
