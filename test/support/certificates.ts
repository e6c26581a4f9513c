import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
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
  /** An authority that this one vouches for; what it issues brings its certificate along. */
  intermediate(name: string, days?: number): Pick<TestAuthority, 'issue'>;
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
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  request('ca', name, '-x509', '-days', '3650', '-out', 'ca.pem');
  writeFileSync(join(folder, 'ca.ext'), 'basicConstraints=critical,CA:TRUE\n');
  let serial = 0;

  /** Makes `FILE.key` and `FILE.pem`. */
  function sign(
    by: string,
    file: string,
    subject: string,
    days: number,
    ext: string[],
  ) {
    request(file, subject, '-out', `${file}.csr`);
    openssl(
      ...['x509', '-req', '-in', `${file}.csr`, '-CA', `${by}.pem`],
      ...['-CAkey', `${by}.key`, '-set_serial', String(++serial)],
      ...['-days', String(days), '-out', `${file}.pem`, ...ext],
    );
  }

  const issuer = (by: string, chain: string): TestAuthority['issue'] =>
    function issue(subject, days = 30) {
      const file = `server${serial}`;
      sign(by, file, subject, days, []);
      return { key: read(`${file}.key`), cert: read(`${file}.pem`) + chain };
    };

  return {
    file: join(folder, 'ca.pem'),
    issue: issuer('ca', ''),
    intermediate(subject, days = 3650) {
      const file = `intermediate${serial}`;
      sign('ca', file, subject, days, ['-extfile', 'ca.ext']);
      return { issue: issuer(file, read(`${file}.pem`)) };
    },
  };
}
