import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { freePort, Site, until, webServer } from '../support/site.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What this director loads when a config needs it first. */
const LATE = /^(?:names|web|peer|connect)-/;
const WORDS = /another version was installed .* "l4director upgrade", or a restart/;

async function configError(site: Site): Promise<string | null> {
  const { stdout } = await site.call(site.config, 'show', '--json');
  return JSON.parse(stdout).configError;
}

t.test('a director says that its files were replaced, and goes on', async (t) => {
  const place = t.testdir();
  for (const path of ['package.json', 'dist/bin', 'dist/program'])
    cpSync(join(ROOT, path), join(place, path), { recursive: true });
  const [virtual, web, real] = [await freePort(), await freePort(), await webServer(t)];
  const service = `virtual=127.0.0.1:${virtual}
    real=127.0.0.1:${real} masq
    service=http
    request="/"
    receive="Test Page"
`;
  const first = `checkinterval=1\nquiescent=yes\nlogfile="LOG"\n${service}`;
  const site = new Site(t, first, join(place, 'dist/bin/l4director.js'));
  t.match(await site.run('start'), { code: 0, stderr: '' });
  const parts = join(place, 'dist/program/lib/parts');
  const gone = readdirSync(parts).filter((name) => LATE.test(name));
  t.ok(gone.length >= 4);
  for (const name of gone) rmSync(join(parts, name));

  site.writeIni(`[web]\nlisten = 127.0.0.1:${web}\n`);
  t.match(await site.run('reload'), { code: 0 });
  await site.logged(new RegExp(`Page at \\S+ cannot be shown: ${WORDS.source}`));

  site.writeIni(
    `[service tcp:127.0.0.1:${virtual}]\nreals-from = www.lab.test:80 masq\n`,
  );
  t.match(await site.run('reload'), { code: 0 });
  await site.logged(new RegExp(`Reload failed: ${WORDS.source}`));
  t.match(await configError(site), WORDS);

  site.writeIni('');
  t.match(await site.run('reload'), { code: 0 });
  await until(async () => (await configError(site)) === null, 'it is free of that');
  const answer = await fetch(`http://127.0.0.1:${virtual}/`);
  t.equal(await answer.text(), 'Test Page');
});
