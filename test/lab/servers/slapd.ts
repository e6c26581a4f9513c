import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { testAuthority } from '../../support/certificates.ts';
import { startServer } from './server.ts';

/** Debian's OpenLDAP, at 127.0.0.1 and ::1. */
export interface Slapd {
  /** Of ldap. */
  readonly port: number;
  /** Of ldaps; the certificate is for `directory.example.com`. */
  readonly tlsPort: number;
  /** PEM of the authority that issued it. */
  readonly tlsCa: string;
}

/** Who may see everything there. */
export const SLAPD_LOGIN = {
  login: 'cn=admin,dc=example,dc=com',
  passwd: 'tiger-striped',
} as const;

const SUFFIX = 'dc=example,dc=com';

/** All may read all of it but the staff, whom only those see who have logged in. */
const ENTRIES = `
dn: ${SUFFIX}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=staff,${SUFFIX}
objectClass: organizationalUnit
ou: staff

dn: ou=Köln,${SUFFIX}
objectClass: organizationalUnit
ou: Köln

dn: cn=alias,${SUFFIX}
objectClass: alias
objectClass: extensibleObject
cn: alias
aliasedObjectName: ou=Köln,${SUFFIX}

dn: ou=elsewhere,${SUFFIX}
objectClass: referral
objectClass: extensibleObject
ou: elsewhere
ref: ldap://ldap.example.net/
`;

function configuration(folder: string): string {
  return `
include /etc/ldap/schema/core.schema
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile ${folder}/server.pem
TLSCertificateKeyFile ${folder}/server.key
database mdb
directory ${folder}/data
maxsize 10485760
suffix "${SUFFIX}"
rootdn "${SLAPD_LOGIN.login}"
rootpw ${SLAPD_LOGIN.passwd}
access to dn.base="ou=staff,${SUFFIX}" by users read by * none
access to * by * read
`;
}

/** Starts it with the entries, until the test ends. Needs `lab('slapd', 'openssl')`. */
export async function startSlapd(t: Pick<Test, 'teardown'>): Promise<Slapd> {
  const { folder, ports } = await startServer(t, {
    name: 'slapd',
    ports: 2,
    prepare(folder, [port, tlsPort]) {
      const conf = fill(folder);
      const urls = ['127.0.0.1', '[::1]'].flatMap((host) => [
        `ldap://${host}:${port}/`,
        `ldaps://${host}:${tlsPort}/`,
      ]);
      const args = ['-d', 'none', '-f', conf, '-h', urls.join(' ')];
      return { command: '/usr/sbin/slapd', args };
    },
  });
  const [port = 0, tlsPort = 0] = ports;
  return { port, tlsPort, tlsCa: join(folder, 'ca.pem') };
}

/** @returns its config file */
function fill(folder: string): string {
  const conf = join(folder, 'slapd.conf');
  const { key, cert } = testAuthority(folder).issue('directory.example.com');
  writeFileSync(join(folder, 'server.key'), key);
  writeFileSync(join(folder, 'server.pem'), cert);
  writeFileSync(conf, configuration(folder));
  mkdirSync(join(folder, 'data'));
  const { status, stderr } = spawnSync('/usr/sbin/slapadd', ['-f', conf], {
    input: ENTRIES.trimStart(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`slapadd: ${stderr}`);
  return conf;
}
