import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collect, type Outcome } from './site.ts';

/** The clone that this test belongs to. */
const CLONE = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** This program as `npm install --omit=optional` would put it into a folder, without npm; its modules beside it,
 *  for tests that ask one alone. */
export class Installation {
  readonly folder: string;

  /** @param folder  where its package.json comes to stand; made */
  constructor(folder: string) {
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    this.folder = realpathSync(folder);
    cpSync(join(CLONE, 'package.json'), join(folder, 'package.json'));
    for (const part of ['program', 'lib', 'bin'])
      cpSync(join(CLONE, 'dist', part), join(folder, 'dist', part), {
        recursive: true,
      });
    for (const name of Object.keys(manifest().dependencies)) this.link(name);
  }

  /** Gives it a package that the clone has. */
  link(name: string): void {
    symlinkSync(
      join(CLONE, 'node_modules', name),
      join(this.folder, 'node_modules', name),
    );
  }

  /** Calls the program. */
  run(...args: readonly string[]): Promise<Outcome> {
    const program = join(this.folder, 'dist', 'bin', 'l4director.js');
    return collect(
      spawn(process.execPath, [program, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** The clone's package.json. */
export function manifest(): Manifest {
  return JSON.parse(readFileSync(join(CLONE, 'package.json'), 'utf8'));
}
