import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A key and its certificate, as PEM text. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface TestAuthority {
  /** Its certificate's file. */
  readonly file: string;
  /** A server certificate for that name; `days` below 0: expired. */
  issue(name: string, days?: number): KeyPair;
}

/** A private authority whose files are in the folder; needs openssl. */
export function testAuthority(folder: string, name = 'Test Authority'): TestAuthority {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const request = (file: string, subject: string, ...more: string[]) =>
    openssl(
      ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', `${file}.key`, '-subj', `/CN=${subject}`, ...more],
    );
  request('ca', name, '-x509', '-days', '3650', '-out', 'ca.pem');
  let serial = 0;
  return {
    file: join(folder, 'ca.pem'),
    issue(subject, days = 30) {
      const file = `server${++serial}`;
      request(file, subject, '-out', `${file}.csr`);
      openssl(
        ...['x509', '-req', '-in', `${file}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key'],
        ...[
          '-set_serial',
          String(serial),
          '-days',
          String(days),
          '-out',
          `${file}.pem`,
        ],
      );
      return {
        key: readFileSync(join(folder, `${file}.key`), 'utf8'),
        cert: readFileSync(join(folder, `${file}.pem`), 'utf8'),
      };
    },
  };
}
