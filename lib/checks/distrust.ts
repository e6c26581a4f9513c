import type { TLSSocket } from 'node:tls';

/** OpenSSL's words by its names for them. Node's own words differ between its versions, and some
 *  give advice on its command line. Source: X509_STORE_CTX_get_error(3). */
const WORDS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not yet valid',
  CERT_REJECTED: 'certificate rejected',
  CERT_REVOKED: 'certificate revoked',
  CERT_SIGNATURE_FAILURE: 'certificate signature failure',
  CERT_UNTRUSTED: 'certificate not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  INVALID_CA: 'invalid CA certificate',
  INVALID_PURPOSE: 'unsuitable certificate purpose',
  PATH_LENGTH_EXCEEDED: 'path length constraint exceeded',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in certificate chain',
  UNABLE_TO_GET_ISSUER_CERT: 'unable to get issuer certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to get local issuer certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to verify the first certificate',
};

/** Why the chain that a server showed is not trusted, its `code` OpenSSL's name for that;
 *  undefined when it is. */
export function distrust(socket: TLSSocket): Error | undefined {
  if (socket.authorized) return undefined;
  const code = String(socket.authorizationError);
  const words = Object.hasOwn(WORDS, code) ? WORDS[code] : 'certificate not accepted';
  return Object.assign(new Error(words), { code });
}
