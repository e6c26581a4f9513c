import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { ownFile } from '../../lib/model/own-file.ts';

const PROGRAM = new URL('../../program/lib/', import.meta.url);

t.test(
  'a script is found beside the modules, with the ending that they have',
  async (t) => {
    const script = ownFile('checks/matcher-worker');
    t.match(script.href, /\/lib\/checks\/matcher-worker\.js$/);
    t.match(await readFile(script, 'utf8'), /parentPort/);
  },
);

t.test('a folder is found as it stands', (t) => {
  t.match(ownFile('control/web/page/').href, /\/lib\/control\/web\/page\/$/);
  t.end();
});

t.test('each that is named has been built for the programs', async (t) => {
  const named = await namedInSources();
  t.ok(named.length > 3);
  for (const path of named) {
    const built = path.endsWith('/') ? path : `${path}.js`;
    t.ok(existsSync(new URL(built, PROGRAM)), path);
  }
});

async function namedInSources(): Promise<string[]> {
  const lib = fileURLToPath(new URL('../../../lib', import.meta.url));
  const sources = (await readdir(lib, { recursive: true })).filter((file) =>
    file.endsWith('.ts'),
  );
  const texts = await Promise.all(
    sources.map((file) => readFile(join(lib, file), 'utf8')),
  );
  return texts.flatMap((text) =>
    [...text.matchAll(/\bownFile\('([^']+)'\)/g)].map(([, path = '']) => path),
  );
}
