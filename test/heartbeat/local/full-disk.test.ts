import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { lab } from '../../support/lab.ts';

const DISK = '/mnt';
/** Two pages, which go with the process. */
const SET_UP = `mount -t tmpfs -o size=8k none ${DISK} && exec "$0" "$@" ${DISK}`;

t.test('a full disk keeps no node from beginning', lab('root'), async (t) => {
  const name = `./fixtures/full-disk${extname(import.meta.url)}`;
  const fixture = fileURLToPath(new URL(name, import.meta.url));
  const words = ['--mount', 'sh', '-c', SET_UP, process.execPath, fixture];
  await t.spawn('unshare', words, { timeout: 60_000 });
});
