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

t.test(
  'what is printed is heard in pieces, two in a turn of the loop at most',
  async (t) => {
    let turn = 0;
    let on = true;
    const next = () => {
      turn++;
      if (on) setImmediate(next);
    };
    setImmediate(next);
    const turns: number[] = [];
    let size = 0;
    const hear = (piece: string) => {
      turns.push(turn);
      size += piece.length;
    };
    const script = 'head -c 1000000 /dev/zero';
    t.equal(await runNft([], 'list ruleset', instead(script), { hear }), '');
    on = false;
    t.equal(size, 1_000_000);
    t.ok(turns.length > 4);
    const most = Math.max(
      ...turns.map((at) => turns.filter((one) => one === at).length),
    );
    t.ok(most <= 2, 'what had come already, and one more');
  },
);

t.test('who hears may refuse, and all may be ended', async (t) => {
  const hear = () => {
    throw new SyntaxError('that');
  };
  await t.rejects(runNft([], 'list', instead('echo x; sleep 60'), { hear }), {
    name: 'SyntaxError',
  });
  const stop = new AbortController();
  const asked = runNft([], 'list', instead('sleep 60'), { signal: stop.signal });
  stop.abort(new Error('over'));
  await t.rejects(asked, { message: 'over' });
});
