import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startServer } from './server.ts';

/** A login that the server accepts, and its secret. */
export const RADIUS_LOGIN = {
  login: 'scott',
  passwd: 'tiger-striped',
  secret: 'shared-word',
} as const;

/** Another one, of more than two blocks of 16 bytes. */
export const RADIUS_LONG_PASSWD = 'a password that is longer than two blocks';

const USERS = `
${RADIUS_LOGIN.login} Cleartext-Password := "${RADIUS_LOGIN.passwd}"
long Cleartext-Password := "${RADIUS_LONG_PASSWD}"
scott-2 Auth-Type := Reject
    Reply-Message = "Your account is locked."
`;

/** ldirectord never signs a request, so only those who come over IPv6 have to. It listens on
 *  TCP too, for a port that accepts connections shows that it is ready. */
function configuration(folder: string, port: number): string {
  const listen = (address: string, proto: string) =>
    `listen {\ntype = auth\n${address}\nport = ${port}\nproto = ${proto}\n}`;
  const client = (name: string, address: string, signed: string) =>
    `client ${name} {\n${address}\nproto = *\nsecret = ${RADIUS_LOGIN.secret}\nrequire_message_authenticator = ${signed}\n}`;
  return `
libdir = /usr/lib/freeradius
raddbdir = ${folder}
run_dir = ${folder}
log {
destination = stdout
}
security {
reject_delay = 0
}
thread pool {
start_servers = 1
max_servers = 4
min_spare_servers = 1
max_spare_servers = 3
}
modules {
pap {
}
files {
filename = ${folder}/users
}
}
${client('four', 'ipaddr = 127.0.0.1', 'no')}
${client('six', 'ipv6addr = ::1', 'yes')}
server default {
${listen('ipaddr = 127.0.0.1', 'udp')}
${listen('ipv6addr = ::1', 'udp')}
${listen('ipaddr = 127.0.0.1', 'tcp')}
authorize {
files
pap
}
authenticate {
pap
}
}
`;
}

/** Debian's FreeRADIUS at 127.0.0.1 and ::1, until the test ends. Needs `lab('freeradius')`.
 *  @returns its port */
export async function startFreeradius(t: Pick<Test, 'teardown'>): Promise<number> {
  const { ports } = await startServer(t, {
    name: 'freeradius',
    ports: 1,
    prepare(folder, [port = 0]) {
      writeFileSync(join(folder, 'radiusd.conf'), configuration(folder, port));
      writeFileSync(join(folder, 'users'), USERS);
      writeFileSync(join(folder, 'dictionary'), '');
      const args = ['-f', '-l', 'stdout', '-d', folder, '-n', 'radiusd'];
      return { command: '/usr/sbin/freeradius', args };
    },
  });
  return ports[0] ?? 0;
}
