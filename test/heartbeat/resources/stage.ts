import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { readHaResources } from '../../../lib/heartbeat/config/haresources.ts';
import {
  Resources,
  type ResourcesOptions,
} from '../../../lib/heartbeat/resources/resources.ts';
import { recordingLog } from '../../support/recording-log.ts';

/** Scripts in folders of their own, which note in one file what they are asked for. */
export class Stage {
  readonly log = recordingLog();
  readonly folders: readonly [string, string];
  readonly #t: Test;
  readonly #folder: string;

  constructor(t: Test) {
    this.#t = t;
    this.#folder = mkdtempSync(join(tmpdir(), 'l4d-resources-'));
    this.folders = [join(this.#folder, 'resource.d'), join(this.#folder, 'init.d')];
    for (const folder of this.folders) mkdirSync(folder);
    t.teardown(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  /** A script that runs when it was started and until it is stopped.
   *  @param cases  of its own, in the shell's words: `start) exit 1 ;;` */
  script(name: string, cases = '', folder = this.folders[0]): void {
    const path = join(folder, name);
    writeFileSync(
      path,
      `#!/bin/sh
for action; do :; done
name="$(basename "$0") $*"
[ $action = status ] || echo "$name" >> ${this.path('calls')}
case $action in
${cases}
start) touch ${this.path(name)} ;;
stop) rm -f ${this.path(name)} ;;
status) [ -e ${this.path(name)} ] && echo running || echo stopped ;;
esac
`,
    );
    chmodSync(path, 0o755);
  }

  /** What was started and stopped since the last call, in order. */
  calls(): readonly string[] {
    const path = this.path('calls');
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
    rmSync(path, { force: true });
    return lines;
  }

  /** In the stage's folder. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Of that haresources, for lb1. */
  resources(text: string, options: Partial<ResourcesOptions> = {}): Resources {
    const { groups } = readHaResources(text, 'haresources', ['lb1', 'lb2']);
    const { log, folders } = this;
    const resources = new Resources({ groups, self: 'lb1', log, folders, ...options });
    this.#t.teardown(() => resources.close());
    return resources;
  }
}
