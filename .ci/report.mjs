/* Turns tap's stream into a line a test file, what its tests tell in comments (seeds, figures,
   verdicts), the skips by name, and all that failed. */
import { createInterface } from 'node:readline';

const FILE = /^(not )?ok \d+ - (\S+)(?: # time=(\S+))?/;
const SKIP = /^\s+ok \d+ - (.*?) # SKIP ?(.*)$/i;
const COMMENT = /^\s+# (?!Subtest|time=)(.*)$/;
const PASSED = /^\s+(?:ok \d+|# Subtest|# time=|1\.\.\d|$)/;

/** @param stream  TAP, a subtest a file
 *  @returns the counts of files, when the stream has ended */
export async function report(stream, print = console.log) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  let body = [];
  for await (const line of createInterface({ input: stream })) {
    const [, failed, file, time = ''] = FILE.exec(line) ?? [];
    if (file === undefined) {
      body.push(line);
      continue;
    }
    const assertions = body.filter((text) => /^\s+(not )?ok /.test(text)).length;
    print(`${failed ? 'FAILED' : 'ok    '} ${file} (${assertions} assertions, ${time})`);
    const skips = body.map((text) => SKIP.exec(text)).filter(Boolean);
    for (const [, name, why] of skips) print(`       skipped: ${name} (${why})`);
    if (failed) print(body.filter((text) => !PASSED.test(text)).join('\n'));
    else for (const text of told(body)) print(`       ${text}`);
    total[failed ? 'failed' : 'passed'] += 1;
    total.skipped += skips.length;
    body = [];
  }
  // What follows the last file: a bail-out, or a complaint of tap itself.
  for (const text of body) if (/^(Bail out|# (?!time|\{|No coverage))/.test(text)) print(text);
  return total;
}

function told(body) {
  return body.map((text) => COMMENT.exec(text)?.[1]).filter(Boolean);
}
