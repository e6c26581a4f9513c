import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { pemCertificates } from './pem.ts';
import { reasonOf } from './reason.ts';

/** Where distributions keep the authorities that the system trusts. */
const SYSTEM_STORES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];
const CACHE_LIMIT = 32;
const contexts = new Map<string, Promise<SecureContext>>();

/** Who trusts the system's authorities, and those of a file. Rejects when they cannot be read. Parsing some 140
 *  certificates takes tens of milliseconds: once for each state of the files; what changes on disk is read
 *  again.
 *  @param own  PEM file; undefined: the system's alone */
export async function trusting(own: string | undefined): Promise<SecureContext> {
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

async function build(
  system: string | undefined,
  own: string | undefined,
): Promise<SecureContext> {
  const ca: (string | Buffer)[] =
    system === undefined ? [...rootCertificates] : [await readFile(system)];
  if (own !== undefined) ca.push(...certificates(await readFile(own, 'latin1'), own));
  return createSecureContext({ ca });
}

function certificates(text: string, file: string): readonly string[] {
  try {
    return pemCertificates(text);
  } catch (cause) {
    throw new Error(`authorities for TLS: ${file}: ${reasonOf(cause)}`, { cause });
  }
}

async function fileState(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${file} ${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    throw new Error(`authorities for TLS: ${reasonOf(error)}`, { cause: error });
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
