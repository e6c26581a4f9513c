import { X509Certificate } from 'node:crypto';

/** The certificates in the text of a PEM file. OpenSSL skips what it cannot read without a word; the
 *  operator should hear of it.
 *  @throws Error why it is of no use, as in "no PEM certificate in it" */
export function pemCertificates(text: string): readonly string[] {
  const found = text.match(
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
  );
  if (found === null) throw new Error('no PEM certificate in it');
  for (const [index, pem] of found.entries())
    try {
      new X509Certificate(pem);
    } catch (cause) {
      throw new Error(`certificate ${index + 1} is broken`, { cause });
    }
  return found;
}
