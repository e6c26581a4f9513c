import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** A free path for a socket, in a directory of its own that goes with the test. Short, as
 *  tap's fixture directories are too long for a socket's 107 bytes. */
export function socketPath(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'l4-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'x.sock');
}
