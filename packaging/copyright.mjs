/* `node packaging/copyright.mjs FOLDER`: Debian's copyright file of a package that holds this program
   as it is installed in FOLDER, with the npm packages it uses. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.'] = process.argv.slice(2);
const MIT = readFileSync(new URL('../LICENSE', import.meta.url), 'utf8');
const AT = 'usr/lib/l4director';

/** The folders in node_modules that hold a package; those of a scope one deeper, and nested ones. */
function packages(modules) {
  if (!existsSync(modules)) return [];
  return readdirSync(modules, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const path = join(modules, name);
      if (name.startsWith('@')) return packages(path);
      return existsSync(join(path, 'package.json'))
        ? [path, ...packages(join(path, 'node_modules'))]
        : [];
    });
}

function author({ author, contributors, name }) {
  const first = author ?? contributors?.[0] ?? `the authors of ${name}`;
  return typeof first === 'string' ? first : [first.name, first.email && `<${first.email}>`].filter(Boolean).join(' ');
}

/** A text as a field's further lines. */
function indented(text) {
  return text
    .trim()
    .split('\n')
    .map((line) => ` ${line.trim() === '' ? '.' : line.trimEnd()}`)
    .join('\n');
}

function licenceText(path) {
  const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
  const text = file === undefined ? '' : readFileSync(join(path, file), 'utf8');
  if (/Apache License\s+Version 2\.0/.test(text))
    return 'The whole text is in /usr/share/common-licenses/Apache-2.0 on Debian systems.';
  return text.trim() === '' ? '(named in package.json only)' : text;
}

function stanza(path) {
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const short = String(manifest.license ?? 'unknown').replace(/^\((.*)\)$/, '$1').replaceAll(' OR ', ' or ');
  return `Files: ${AT}/${path.slice(folder.length).replace(/^\//, '')}/*
Copyright: ${author(manifest)}
License: ${short.replaceAll(/[^\w.+ -]/g, '')}-${manifest.name.replaceAll(/[^\w.-]/g, '-')}
${indented(licenceText(path))}`;
}

const stanzas = [
  `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: l4director`,
  `Files: *
Copyright: ${/Copyright \(c\) (.*)/i.exec(MIT)?.[1] ?? 'l4director contributors'}
License: MIT
${indented(MIT)}`,
  `Files: ${AT}/bin/node
Copyright: Node.js contributors, and those of the libraries it holds
License: MIT-and-others
 The whole text is in /usr/share/doc/l4director/node-LICENSE.gz.`,
  ...packages(join(folder, 'node_modules')).sort().map(stanza),
];
process.stdout.write(`${stanzas.join('\n\n')}\n`);
