/* Which test files run beside which. tap has one number of files at once; two directors that share an address
   wait for each other's deadtime most of the time, and run one by one beside the others. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const TESTS = 'dist/test/';
/** Never beside others, see .taprc. */
const ALONE = 'dist/test/alone/';
const WAITING = ['dist/test/heartbeat/lab/', 'dist/test/takeover/'];

/** Phases, one after the other, of lanes beside each other. A lane without `jobs` has as many as .taprc says.
 *  @param root   of the project
 *  @param files  those asked for; none: all */
export function phasesOf(root, files) {
  if (files.length > 0) return [[{ files }]];
  const lanes = { alone: [], waiting: [], others: [] };
  for (const file of testFiles(root)) lanes[laneOf(file)].push(file);
  const phases = [
    [{ files: lanes.alone }],
    [{ files: lanes.others }, { files: lanes.waiting, jobs: 1 }],
  ];
  // tap takes no files for all of them.
  return phases.map((phase) => phase.filter((lane) => lane.files.length > 0));
}

function laneOf(file) {
  if (file.startsWith(ALONE)) return 'alone';
  return WAITING.some((folder) => file.startsWith(folder)) ? 'waiting' : 'others';
}

function testFiles(root) {
  return readdirSync(join(root, TESTS), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js') && !/(^|\/)fixtures\//.test(file))
    .map((file) => `${TESTS}${file}`);
}
