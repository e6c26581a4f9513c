import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { pattern } from '../support/check-target.ts';
import {
  compareVerdicts,
  type Judge,
  type VerdictCase,
} from '../support/compare-verdicts.ts';
import { lab } from '../support/lab.ts';
import { rawServer, saying } from '../support/raw-server.ts';

/** A test that notes what it would have failed with. */
function noting(t: Test) {
  const failures: string[] = [];
  const comments: string[] = [];
  const judge: Judge = {
    comment: (line) => comments.push(line),
    ok: (pass, message) => pass || failures.push(message),
    teardown: (end) => t.teardown(end),
  };
  return { judge, failures, comments };
}

/** A check by the exit code of this script. */
function scripted(t: Test, name: string, body: string): VerdictCase {
  const checkcommand = join(t.testdirName, name);
  writeFileSync(checkcommand, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return { name, fields: { checktype: 'external', checkcommand } };
}

t.test('what the harness can show', lab('ldirectord', 'perl'), async (t) => {
  t.test('a difference that nobody listed', async (t) => {
    t.testdir({});
    const { judge, failures, comments } = noting(t);
    const why = 'a crash proves nothing';
    const cases = [
      scripted(t, 'crash', 'kill -9 $$'),
      { ...scripted(t, 'other crash', 'kill -9 $$'), differs: { real: true, why } },
      { ...scripted(t, 'wrongly listed', 'exit 0'), differs: { real: true, why } },
      scripted(t, 'down', 'exit 1'),
    ];
    await compareVerdicts(judge, 'scripts', cases);
    t.equal(failures.length, 2, failures.join('\n'));
    t.match(failures[0], /^crash: /);
    t.match(failures[1], /^wrongly listed: /);
    const table = comments.join('\n');
    t.match(table, /external +crash +up +down +DIFFERS/);
    t.match(table, /other crash +up +down +differs on purpose: a crash/);
  });

  t.test('servers that are all up prove nothing', async (t) => {
    t.testdir({});
    const { judge, failures } = noting(t);
    await compareVerdicts(judge, 'up', [scripted(t, 'up', 'exit 0')]);
    t.same(failures, ['ldirectord tells them apart']);
  });

  t.test('the case at which the real one hangs, by name', async (t) => {
    t.testdir({});
    const checkcommand = join(t.testdirName, 'deaf.pl');
    writeFileSync(checkcommand, 'local $SIG{ALRM} = "IGNORE"; sleep 60;');
    const cases: VerdictCase[] = [
      scripted(t, 'fine', 'exit 0'),
      { name: 'deaf', fields: { checktype: 'external-perl', checkcommand } },
    ];
    await t.rejects(
      compareVerdicts(noting(t).judge, 'hangs', cases, { hangsAfterMs: 5000 }),
      { message: /^at "deaf" ldirectord hangs: Checking external-perl: /s },
    );
  });

  t.test('words with blanks and quotes, IPv6, checkport, UDP', async (t) => {
    const page = 'HTTP/1.1 200 OK\r\n\r\nsay "a b"  twice';
    const server = await rawServer(t, saying(page));
    const six = createServer({ allowHalfOpen: true }).on('connection', saying(page));
    six.listen(0, '::1');
    t.teardown(() => six.close());
    await new Promise((resolve) => six.once('listening', resolve));
    const bound = six.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    const receive = pattern('^say "a b"  twice$');
    const fields = { port: server.port, receive };
    await compareVerdicts(t, 'words', [
      { name: 'quotes and blanks', fields },
      { name: 'other quotes', fields: { ...fields, receive: pattern("say 'a b'") } },
      { name: 'IPv6', fields: { ...fields, address: '::1', port } },
      { name: 'IPv6, nobody', fields: { address: '::1', port: 1 } },
      { name: 'checkport', fields: { ...fields, realPort: 1 } },
      { name: 'UDP', fields: { ...fields, protocol: 'udp' } },
      {
        name: 'not given to the real one',
        fields,
        onlyHere: { up: true, why: 'to show how that looks' },
      },
    ]);
  });
});
