import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runNft } from '../../lib/engines/nft-program.ts';

/** In nft's place: a shell that does that; its arguments are the words for nft. */
const instead = (script: string) => ['/bin/sh', '-c', script, 'sh'];

t.test(
  'what fits into an argument is one, and what was printed comes back',
  async (t) => {
    const printed = await runNft(['-j'], 'list ruleset', instead('printf "%s|" "$@"'));
    t.equal(printed, 'nft|-j|list ruleset|');
  },
);

t.test('what does not fit goes in by a path', async (t) => {
  const size = 300_000;
  const folder = t.testdir({ nft: '#!/bin/sh\nwc -c < "$3"\n' });
  await chmod(join(folder, 'nft'), 0o755);
  const enter = ['/usr/bin/env', `PATH=${folder}:/usr/bin:/bin`];
  t.equal(Number(await runNft(['-j'], 'x'.repeat(size), enter)), size);
});

const ENDS = {
  'an error of the kernel': {
    script: 'echo "internal:0:0-0: Error: No such file" >&2; echo "^^^" >&2; exit 1',
    expected: { trouble: 'refused', message: 'No such file' },
  },
  'an error in a script': {
    script: 'echo "<cmdline>:3:1-5: Error: syntax error" >&2; exit 1',
    expected: { trouble: 'refused', message: 'syntax error' },
  },
  'no permission': {
    script: 'echo "netlink: Error: cache: Operation not permitted" >&2; exit 1',
    expected: { trouble: 'forbidden' },
  },
  'no program': {
    script: 'echo "sh: 1: nft: not found" >&2; exit 127',
    expected: { trouble: 'absent', message: 'nft: not found' },
  },
  'no word': {
    script: 'exit 3',
    expected: { trouble: 'refused', message: 'exit status 3' },
  },
  'a signal': {
    script: 'kill -TERM $$',
    expected: { trouble: 'refused', message: 'ended by SIGTERM' },
  },
} as const;

for (const [what, { script, expected }] of Object.entries(ENDS))
  t.test(`${what} is told apart`, async (t) => {
    const asked = runNft([], 'list ruleset', instead(script));
    t.match(await asked.catch((error: unknown) => error), expected);
  });

t.test('a shell that is not there is no program either', (t) =>
  t.rejects(runNft([], 'list ruleset', ['/nowhere/sh']), {
    trouble: 'absent',
    message: 'ENOENT',
  }),
);
