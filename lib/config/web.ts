import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { endpoint } from '../model/address.ts';
import { missingPackage } from '../model/packages.ts';
import { reasonOf } from '../model/reason.ts';
import type { Findings } from './findings.ts';
import type { IniValues } from './ini-keys.ts';
import type { IniLine, IniSection } from './ini-lines.ts';
import { isLoopback, type ListenAt, type Role } from './web-values.ts';

/** `[web]` and `[web user NAME]`: the page. */
export interface WebOptions {
  readonly listen: ListenAt;
  /** Paths of PEM files; undefined: it speaks HTTP without TLS. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  /** Nobody: whoever reaches it needs no password. */
  readonly users: readonly WebUser[];
}

/** Who may use the page. */
export interface WebUser {
  readonly name: string;
  /** As `l4director hash-password` prints it. */
  readonly password: string;
  readonly role: Role;
}

/** A section for one service or user, read. */
export interface ValueSection extends IniSection {
  readonly values: IniValues;
}

interface WebSections {
  readonly values: IniValues;
  /** Of `[web]`. */
  readonly keys: readonly IniLine[];
  readonly users: ReadonlyMap<string, ValueSection>;
}

/** Far above any certificate with all those above it. */
const LARGEST_PEM = 2 ** 20;

/** The page's options, undefined without `listen`. What would be unsafe is an error. */
export function webOptions(
  { values, keys, users }: WebSections,
  findings: Findings,
): WebOptions | undefined {
  const lineOf = (name: string) => keys.find(({ key }) => key === name)?.line ?? 0;
  const { listen } = values;
  const known = [...users].flatMap(([name, user]) => readUser(name, user, findings));
  const tls = readTls(values, lineOf, findings);
  if (listen === undefined) return undefined;
  const unsafe = whyUnsafe(listen, known, tls);
  if (unsafe !== undefined) findings.error(lineOf('listen'), unsafe);
  for (const name of ['hono', '@hono/node-server']) {
    const missing = missingPackage(name);
    if (missing !== undefined)
      findings.lack(lineOf('listen'), `listen needs ${missing}`);
  }
  return { listen, tls, users: known };
}

function readUser(
  name: string,
  { line, keys, values }: ValueSection,
  findings: Findings,
): readonly WebUser[] {
  const { password, role = 'read-only' } = values;
  if (password !== undefined) return [{ name, password, role }];
  // One that cannot be read has been told.
  if (keys.some(({ key }) => key === 'password')) return [];
  findings.error(
    line,
    `[web user ${name}] has no password: expected what "l4director hash-password" prints, as in "password = scrypt$ln=15,r=8,p=3$SALT$KEY"`,
  );
  return [];
}

function whyUnsafe(
  { address, port }: ListenAt,
  users: readonly WebUser[],
  tls: WebOptions['tls'],
): string | undefined {
  if (isLoopback(address)) return undefined;
  const lacks = [
    ...(users.length > 0
      ? []
      : [
          'a user ("[web user NAME]" with the password that "l4director hash-password" prints)',
        ]),
    ...(tls ? [] : ['TLS (tls-certificate and tls-key)']),
  ];
  if (lacks.length === 0) return undefined;
  return `listen = ${address}: beyond loopback the page needs ${lacks.join(' and ')}: expected that, or loopback, as in "127.0.0.1:${port}"`;
}

function readTls(
  values: IniValues,
  lineOf: (name: string) => number,
  findings: Findings,
): WebOptions['tls'] {
  const { 'tls-certificate': certificate, 'tls-key': key } = values;
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    const [there, absent] = certificate
      ? ['tls-certificate', 'tls-key']
      : ['tls-key', 'tls-certificate'];
    findings.error(
      lineOf(there),
      `${there} is there without ${absent}: expected both, as in "${absent} = /etc/l4director/page.pem"`,
    );
    return undefined;
  }
  try {
    createSecureContext({ cert: readPem(certificate), key: readPem(key) });
  } catch (error) {
    const why = reasonOf(error);
    findings.error(
      lineOf('tls-certificate'),
      `tls-certificate and tls-key cannot be used: ${why}: expected PEM files with a certificate and its key, as in "/etc/l4director/page.pem"`,
    );
  }
  return { certificate, key };
}

/** What a certificate's or a key's file holds.
 *  @throws Error in words */
export function readPem(path: string): Buffer {
  const found = statSync(path);
  if (!found.isFile() || found.size > LARGEST_PEM)
    throw new Error(`${path} is no PEM file`);
  return readFileSync(path);
}

/** What may be told of it, by the names of the keys; `password of NAME` is for comparing only. */
export function webReport(
  web: WebOptions | undefined,
): Readonly<Record<string, unknown>> {
  if (web === undefined) return {};
  const { listen, tls, users } = web;
  return {
    listen: endpoint(listen.address, listen.port),
    'tls-certificate': tls?.certificate,
    'tls-key': tls?.key,
    ...Object.fromEntries(
      users.flatMap(({ name, password, role }) => [
        [`role of ${name}`, role],
        [`password of ${name}`, password],
      ]),
    ),
  };
}
