import { readFileSync } from 'node:fs';
import type { Place } from '../place.ts';

/** What a proxy of this folder is to do: carry every service to all real servers in turn. */
export interface Task {
  readonly services: readonly Place[];
  readonly reals: readonly Place[];
}

/** From the file that is named as this program's first argument, which the bench wrote. */
export function readTask(): Task {
  return JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Task;
}
