import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { lab } from './support/lab.ts';

const POSTINST = fileURLToPath(
  new URL('../../packaging/debian/postinst', import.meta.url),
);
const UPGRADE = /^upgrade\(\) \{\n[\s\S]*?^\}$/m;
const AS_NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];

/** A process that looks like a director and has been given these words. */
async function director(t: Test, as: readonly string[]): Promise<number> {
  const words = ['sh', '-c', 'echo; read x', '/x/ldirectord', 'a.cf', 'start'];
  const child = spawn('setpriv', [...as, ...words], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  t.teardown(() => child.kill());
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

/** The function of that script, with a program that says who called it, and how. */
function upgrading(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'l4director-postinst-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'l4director'), '#!/bin/sh\necho "$(id -u) $*"\n', {
    mode: 0o755,
  });
  const [script] = UPGRADE.exec(readFileSync(POSTINST, 'utf8')) ?? [];
  const upgrade = (pid: string): string =>
    spawnSync('sh', ['-ec', `${script}\nupgrade "$1"`, 'sh', pid], {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env.PATH}` },
    }).stdout;
  return { folder, upgrade };
}

t.test('a new version calls each director as its own user', lab('root'), async (t) => {
  const { folder, upgrade } = upgrading(t);
  t.equal(upgrade(String(await director(t, AS_NOBODY))), '65534 a.cf upgrade\n');
  t.equal(upgrade(String(await director(t, []))), '0 a.cf upgrade\n');
  mkdirSync(join(folder, 'evil'));
  const words = ['node', '/x/ldirectord', 'evil.cf', 'restart', ''];
  writeFileSync(join(folder, 'evil', 'cmdline'), words.join('\0'));
  for (const pid of [`1/../..${folder}/evil`, '', '-1', '99999999'])
    t.equal(upgrade(pid), '', pid);
});
