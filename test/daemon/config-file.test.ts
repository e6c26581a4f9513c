import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readConfig } from '../../lib/config/index.ts';
import { openConfigFile } from '../../lib/daemon/config-file.ts';
import { lab } from '../support/lab.ts';
import { collect } from '../support/site.ts';

const TEXT = 'virtual=10.1.1.19:80\n    real=10.1.1.21:80 masq\n    # Umlaut: \u00e4\n';

async function aKnownConfig(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'l4director-test-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'some.cf');
  writeFileSync(config, TEXT);
  const read = await readConfig(config);
  if (!read.ok) throw new Error(read.errors[0]?.message);
  const how = { config, ini: undefined, mode: 'foreground' } as const;
  return { config, known: read.config, file: openConfigFile(how, read.config) };
}

t.test('what has been read already is the first reading', async (t) => {
  const { config, known, file } = await aKnownConfig(t);
  const first = await file.read();
  t.ok(first.ok && first.config === known);
  t.equal(await file.look(), 'same');
  writeFileSync(config, TEXT.replace(':80 masq', ':80 masq 5'));
  t.equal(await file.look(), 'changed');
  t.equal(await file.look(), 'same');
  const second = await file.read();
  t.ok(second.ok && second.config.virtuals[0]?.reals[0]?.weight === 5);
  t.equal(await file.look(), 'same');
});

t.test('a change since it was read is seen at the first look', async (t) => {
  const { config, file } = await aKnownConfig(t);
  writeFileSync(config, `${TEXT}# more\n`);
  t.ok((await file.read()).ok);
  t.equal(await file.look(), 'changed');
});

t.test('a file that has gone since is told once', async (t) => {
  const { config, file } = await aKnownConfig(t);
  await file.read();
  rmSync(config);
  t.equal(await file.look(), 'gone');
  t.equal(await file.look(), 'same');
  writeFileSync(config, TEXT);
  t.equal(await file.look(), 'same', 'back as it was');
});

t.test("the system's ini is waited for too", lab('namespaces'), async (t) => {
  const { config } = await aKnownConfig(t);
  const module = new URL('../../lib/daemon/config-file.js', import.meta.url);
  // Written to for 200 ms: up to ten times, for on a busy machine a look may come late.
  const script = `import { writeFileSync } from 'node:fs';
    const { openConfigFile } = await import('${module}');
    const file = openConfigFile({ config: ${JSON.stringify(config)}, mode: 'foreground' });
    const write = (text) => writeFileSync('/etc/l4director/l4director.ini', text);
    let seen = false;
    for (let round = 0; round < 10 && !seen; round++) {
      write('');
      const writing = setInterval(write, 10, '');
      const filling = setTimeout(() => {
        clearInterval(writing);
        write('nonsense');
      }, 200);
      seen = !(await file.peek()).ok;
      clearInterval(writing);
      clearTimeout(filling);
    }
    process.stdout.write(String(seen));`;
  const own = 'mount -t tmpfs none /etc && mkdir /etc/l4director && exec "$0" "$@"';
  const node = [process.execPath, '--input-type=module', '--eval', script];
  const outcome = await collect(spawn('unshare', ['-m', 'sh', '-c', own, ...node]));
  t.match(outcome, { code: 0, stdout: 'true' });
});
