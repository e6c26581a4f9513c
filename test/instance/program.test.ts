import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ourProgram } from '../../lib/instance/program.ts';

/** A script as a package ships it, and a folder of links as npm makes one. */
function installed(t: Test): { script: string; links: string } {
  const folder = t.testdir({ package: {}, links: {} });
  const script = join(folder, 'package', 'l4director.js');
  writeFileSync(script, '');
  return { script, links: join(folder, 'links') };
}

const path = (called: string): string => ourProgram(called).at(-1) ?? '';

t.test('called as ldirectord it stays ldirectord, by that very path', (t) => {
  const { script, links } = installed(t);
  symlinkSync(script, join(links, 'ldirectord'));
  t.equal(path(join(links, 'ldirectord')), join(links, 'ldirectord'));
  t.end();
});

t.test('called by another name it takes the link beside that', (t) => {
  const { script, links } = installed(t);
  for (const name of ['l4director', 'ldirectord'])
    symlinkSync(script, join(links, name));
  t.equal(path(join(links, 'l4director')), join(links, 'ldirectord'));
  t.end();
});

t.test('else the link beside the script itself, as the build makes it', (t) => {
  const { script, links } = installed(t);
  const built = join(script, '..', 'ldirectord');
  symlinkSync('l4director.js', built);
  symlinkSync(script, join(links, 'l4director'));
  t.equal(path(join(links, 'l4director')), built);
  t.equal(path(script), built);
  t.end();
});

t.test("another program's ldirectord is not taken", (t) => {
  const { script, links } = installed(t);
  mkdirSync(join(links, 'perl'));
  writeFileSync(join(links, 'ldirectord'), '#!/usr/bin/perl\n');
  symlinkSync(script, join(links, 'l4director'));
  t.equal(path(join(links, 'l4director')), join(links, 'l4director'));
  t.end();
});
