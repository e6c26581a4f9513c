import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import t from 'tap';

/** Who may import whom; a room may always import itself. Imports point down only. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  types: [],
  model: [],
  schedulers: ['model'],
  config: ['model', 'schedulers', 'checks', 'engines'],
  pool: ['model'],
  checks: ['model', 'types'],
  engines: ['model', 'schedulers'],
  alerts: ['model'],
  state: ['model'],
  heartbeat: ['model'],
  director: ['model', 'config', 'pool', 'checks', 'engines', 'alerts'],
  control: ['model', 'director', 'config'],
  instance: ['model'],
  cli: ['model', 'instance', 'config', 'control'],
  daemon: [
    'model',
    'instance',
    'config',
    'pool',
    'checks',
    'engines',
    'alerts',
    'state',
    'director',
    'control',
  ],
};

/** Rooms from which a folder may take its registry of names and nothing else. */
const REGISTRY_ONLY: Readonly<Record<string, readonly string[]>> = {
  config: ['schedulers', 'checks', 'engines'],
  engines: ['schedulers'],
};

const IMPORT = /\b(?:from|import\()\s*'(\.[^']+)'/g;

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => posix.join(folder, file));
}

t.test('imports point downwards only', async (t) => {
  for (const file of sources('lib')) {
    const [, from = ''] = file.split('/');
    for (const [, spec = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const [, to = '', name = ''] = posix.join(posix.dirname(file), spec).split('/');
      if (to === from) continue;
      t.ok(MAY_IMPORT[from]?.includes(to), `${file}: ${from} may import ${to}`);
      if (REGISTRY_ONLY[from]?.includes(to))
        t.equal(name, 'index.ts', `${file}: ${from} takes only the registry of ${to}`);
    }
  }
});

t.test('engines do not import each other', async (t) => {
  for (const file of sources('lib/engines')) {
    const [, , own = ''] = file.split('/');
    for (const [, spec = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const [, to, ...path] = posix.join(posix.dirname(file), spec).split('/');
      // What stands in the room itself is for all of them; what makes them knows them all.
      if (to !== 'engines' || path.length === 1 || own === 'factories.ts') continue;
      t.equal(path[0], own, `${file}: ${own} may import ${path.join('/')}`);
    }
  }
});

t.test('every folder of lib stands in the table', async (t) => {
  for (const file of sources('lib'))
    t.ok(MAY_IMPORT[file.split('/')[1] ?? ''], `${file}: its room is known`);
});
