import { readdirSync } from 'node:fs';
import t from 'tap';
import {
  DIRECTIVES,
  directiveNamed,
  namesIn,
  RETIRED,
} from '../../lib/config/directives.ts';
import type { IniKey } from '../../lib/config/ini-keys/ini-key.ts';
import { INI_KEYS } from '../../lib/config/ini-keys.ts';
import { didYouMean } from '../../lib/model/nearest.ts';
import { CASES } from './cases/index.ts';

const mentions = (text: string, name: string) =>
  new RegExp(`^ *${name}\\s*=`, 'm').test(text);

t.test('every directive is told about, and has an accepted and a refused case', (t) => {
  for (const [name, row] of Object.entries(DIRECTIVES)) {
    t.ok(row.syntax && row.default && row.doc.endsWith('.'), `${name} is told about`);
    const cases = CASES.filter(({ text }) => mentions(text, name));
    t.ok(
      cases.some((one) => one.refused === undefined),
      `${name}: accepted`,
    );
    t.ok(
      cases.some((one) => one.refused) ||
        ['servicename', 'comment', 'execute'].includes(name),
      `${name}: refused`,
    );
  }
  t.end();
});

t.test('every key of the ini is told about', (t) => {
  for (const [name, row] of Object.entries(INI_KEYS))
    t.ok(row.syntax && row.doc.endsWith('.'), name);
  t.end();
});

t.test(
  'every key of a file belongs to its section, and none hides another',
  async (t) => {
    const folder = new URL('../../lib/config/ini-keys/', import.meta.url);
    const names: string[] = [];
    for (const file of readdirSync(folder).filter((file) => file.endsWith('.js'))) {
      const tables: Record<string, Record<string, IniKey<unknown>>> = await import(
        new URL(file, folder).href
      );
      for (const [name, { section }] of Object.values(tables).flatMap(Object.entries)) {
        t.equal(section.replace(' ', '-'), file.slice(0, -3), name);
        names.push(name);
      }
    }
    t.same(names.toSorted(), Object.keys(INI_KEYS).toSorted());
  },
);

t.test('a directive is known where it may stand only', (t) => {
  t.ok(directiveNamed('checktimeout', 'global'));
  t.ok(directiveNamed('checktimeout', 'section'));
  t.notOk(directiveNamed('real', 'global'));
  t.notOk(directiveNamed('fork', 'section'));
  t.notOk(directiveNamed('constructor', 'global'));
  t.ok(namesIn('global').includes('virtual6'));
  t.ok(RETIRED.has('timeout'));
  t.end();
});

t.test('hints name the nearest word, and none when nothing is near', (t) => {
  t.equal(
    didYouMean('chekinterval', namesIn('global')),
    '; did you mean "checkinterval"?',
  );
  t.equal(didYouMean('shceduler', namesIn('section')), '; did you mean "scheduler"?');
  t.equal(didYouMean('zzz', namesIn('section')), '');
  t.equal(didYouMean('x'.repeat(4000), namesIn('section')), '');
  t.end();
});
