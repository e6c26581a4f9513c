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

/** Debian's FreeRADIUS, at 127.0.0.1 and ::1. */
export interface Freeradius {
  /** Where any request will do. */
  readonly port: number;
  /** Where requests have to carry a Message-Authenticator. */
  readonly signedPort: number;
}

const ADDRESSES = ['ipaddr = 127.0.0.1', 'ipv6addr = ::1'];

/** One port and its clients. It is there over TCP too, for a port that accepts connections
 *  shows that the server is ready. */
function door(name: string, port: number, signed: 'yes' | 'no'): string {
  const clients = ADDRESSES.map(
    (address, index) => `
client ${name}${index} {
${address}
proto = *
secret = ${RADIUS_LOGIN.secret}
require_message_authenticator = ${signed}
}`,
  );
  const listeners = ADDRESSES.flatMap((address) =>
    ['udp', 'tcp'].map(
      (proto) => `
listen {
type = auth
${address}
port = ${port}
proto = ${proto}
clients = ${name}
}`,
    ),
  );
  return `clients ${name} {${clients.join('')}\n}\nserver ${name} {${listeners.join('')}
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

function configuration(folder: string, port: number, signedPort: number): string {
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
${door('any', port, 'no')}
${door('signed', signedPort, 'yes')}
`;
}

/** Starts it, until the test ends. Needs `lab('freeradius')`. */
export async function startFreeradius(t: Pick<Test, 'teardown'>): Promise<Freeradius> {
  const { ports } = await startServer(t, {
    name: 'freeradius',
    ports: 2,
    prepare(folder, [port = 0, signedPort = 0]) {
      const conf = configuration(folder, port, signedPort);
      writeFileSync(join(folder, 'radiusd.conf'), conf);
      writeFileSync(join(folder, 'users'), USERS);
      writeFileSync(join(folder, 'dictionary'), '');
      const args = ['-f', '-l', 'stdout', '-d', folder, '-n', 'radiusd'];
      return { command: '/usr/sbin/freeradius', args };
    },
  });
  const [port = 0, signedPort = 0] = ports;
  return { port, signedPort };
}
