import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { formatDiagnostic } from '../../lib/config/config.ts';
import { readConfig } from '../../lib/config/index.ts';
import { hashPassword } from '../../lib/model/password.ts';

/** The warnings about who may read a file. */
async function warned(t: Test, lines: string, mode: number, ini = '', iniMode = 0o600) {
  const file = join(t.testdir(), 'a.cf');
  const text = `quiescent=no\nvirtual=5\n    real=10.0.0.2:80 masq\n    service=http\n${lines}`;
  for (const [path, content, bits] of [
    [file, text, mode],
    [`${file}.ini`, ini, iniMode],
  ] as const) {
    writeFileSync(path, content);
    chmodSync(path, bits);
  }
  const read = await readConfig(file);
  if (!read.ok) throw new Error(read.errors.map(formatDiagnostic).join('\n'));
  return read.config.warnings
    .map(formatDiagnostic)
    .filter((line) => line.includes('every user of this host'))
    .map((line) => line.replace(file, 'a.cf').replace(file, 'a.cf'));
}

const saying = (place: string, file: string) =>
  `${place}: warning: every user of this host can read the password here: expected a file for its owner and group alone, as after "chmod o= ${file}"`;

t.test('a password that everybody can read is warned of once', async (t) => {
  for (const line of [
    'passwd="x"',
    'secret="x"',
    'request="http://me:x@10.0.0.2/"',
    'passwd="x"\n    secret="y"',
  ])
    t.same(await warned(t, `    ${line}\n`, 0o644), [saying('a.cf:5', 'a.cf')], line);
});

t.test('not where they cannot, or there is none', async (t) => {
  t.same(await warned(t, '    passwd="x"\n', 0o640), []);
  t.same(await warned(t, '    login="x"\n', 0o644), []);
  t.same(await warned(t, '    request="http://10.0.0.2/a:b@c"\n', 0o644), []);
});

t.test('the ini with users of the page is looked at too', async (t) => {
  const ini = `[web user anna]\npassword = ${await hashPassword('x')}\n`;
  t.same(await warned(t, '', 0o644, ini, 0o644), [saying('a.cf.ini:2', 'a.cf.ini')]);
  t.same(await warned(t, '', 0o644, ini, 0o600), []);
});

t.test('so is the file with the secret of a webhook', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'l4d-readers-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'a'.repeat(32));
  // One file of several sections is told of once.
  const ini = `[alerts]\nwebhook-secret-file = ${secret}\n[service fwm:5]\nwebhook-secret-file = ${secret}\n`;
  chmodSync(secret, 0o644);
  t.same(await warned(t, '', 0o600, ini), [
    `a.cf.ini:2: warning: every user of this host can read the webhook's secret there: expected a file for its owner and group alone, as after "chmod o= ${secret}"`,
  ]);
  chmodSync(secret, 0o640);
  t.same(await warned(t, '', 0o600, ini), []);
});
