import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import type { CheckTarget } from '../model/check.ts';
import { pemCertificates } from '../model/pem.ts';
import { describe } from './message.ts';

/** How to speak TLS to a real server. */
export interface TlsSettings {
  readonly context: SecureContext;
  /** Whether the chain must end at a known authority. */
  readonly verify: boolean;
  /** Name for SNI; undefined: none is sent. */
  readonly servername: string | undefined;
}

/** Where distributions keep the authorities that the system trusts. */
const SYSTEM_STORES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
const CACHE_LIMIT = 32;
const contexts = new Map<string, Promise<SecureContext>>();

/** Settings from `tls-verify` and `tls-ca`. Rejects when the authorities cannot be read.
 *  A store that changes on disk is read again. */
export async function tlsSettings(
  target: Pick<CheckTarget, 'tlsVerify' | 'tlsCa'>,
  host: string | undefined,
): Promise<TlsSettings> {
  const { tlsVerify: verify, tlsCa } = target;
  return {
    context: await (verify ? trusting(tlsCa) : createSecureContext()),
    verify,
    servername: host === undefined ? undefined : sniName(host),
  };
}

/** The name that SNI may carry: never an address, never with a port (RFC 6066, 3). */
export function sniName(host: string): string | undefined {
  const name = host.trim().replace(/:\d*$/, '').replace(/\.$/, '');
  return isIP(name) === 0 && /^[\w-]+(\.[\w-]+)*$/.test(name) ? name : undefined;
}

/** Parsing some 140 certificates takes tens of milliseconds: once for each state of the files. */
async function trusting(own: string | undefined): Promise<SecureContext> {
  const system = await systemStore();
  const files = [system, own].filter((file) => file !== undefined);
  const states = await Promise.all(files.map(fileState));
  const key = states.join('\n');
  const known = contexts.get(key);
  if (known !== undefined) return await known;
  if (contexts.size >= CACHE_LIMIT) contexts.clear();
  const context = build(system, own);
  contexts.set(key, context);
  context.catch(() => contexts.delete(key));
  return await context;
}

async function build(system: string | undefined, own: string | undefined) {
  const ca: (string | Buffer)[] =
    system === undefined ? [...rootCertificates] : [await readFile(system)];
  if (own !== undefined) ca.push(...certificates(await readFile(own, 'latin1'), own));
  return createSecureContext({ ca });
}

function certificates(text: string, file: string): readonly string[] {
  try {
    return pemCertificates(text);
  } catch (cause) {
    throw new Error(`tls-ca ${file}: ${describe(cause)}`, { cause });
  }
}

async function fileState(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${file} ${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    throw new Error(`authorities for TLS: ${describe(error)}`, { cause: error });
  }
}

async function systemStore(): Promise<string | undefined> {
  for (const file of [process.env.SSL_CERT_FILE, ...SYSTEM_STORES]) {
    if (file === undefined) continue;
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) return file;
  }
  return undefined;
}
