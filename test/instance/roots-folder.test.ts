import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { rootsFolder } from '../../lib/instance/roots-folder.ts';
import { lab } from '../support/lab.ts';

const OTHER = 65_534;

t.test(
  'a folder that others can lead elsewhere is not taken',
  lab('root'),
  async (t) => {
    const top = mkdtempSync('/tmp/l4d-');
    t.teardown(() => rmSync(top, { recursive: true }));
    const at = (name: string) => join(top, name);
    for (const name of [
      'roots',
      'roots/in',
      'home',
      'home/in',
      'open',
      'sticky',
      'sticky/in',
    ])
      mkdirSync(at(name));
    chmodSync(at('open'), 0o777);
    chmodSync(at('sticky'), 0o1777);
    mkdirSync(at('open/in'));
    symlinkSync('roots/in', at('link'));
    symlinkSync(at('roots'), at('home/link'));
    symlinkSync('home/link', at('through'));
    symlinkSync('round', at('round'));
    chownSync(at('home'), OTHER, OTHER);

    for (const name of ['roots/in', 'link', 'roots/../link', './roots//in/'])
      t.equal(rootsFolder(at(name)), at('roots/in'), name);
    t.equal(rootsFolder(at('sticky/in')), at('sticky/in'));
    for (const name of ['home/in', 'home/link', 'through', 'open', 'open/in', 'sticky'])
      t.equal(rootsFolder(at(name)), undefined, name);
    for (const path of [at('round'), at('nowhere'), 'roots/in', '/etc/hostname'])
      t.equal(rootsFolder(path), undefined, path);
  },
);
