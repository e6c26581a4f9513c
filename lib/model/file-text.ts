import { isUtf8 } from 'node:buffer';

/** How a config file writes characters beyond ASCII. */
export type FileEncoding = 'utf8' | 'latin1';

/** The bytes that a text has in its file, each as one character (latin1): ldirectord sends a
 *  server what the file holds, whatever that means. Observed. */
export function bytesOf(text: string, encoding: FileEncoding): string {
  return Buffer.from(text, encoding).toString('latin1');
}

/** What such bytes say, for people, and for a library that takes text: UTF-8 where they are
 *  that, else Latin-1. */
export function textOf(bytes: string): string {
  const raw = Buffer.from(bytes, 'latin1');
  return isUtf8(raw) ? raw.toString() : bytes;
}
