import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checkOnce, checkTarget } from '../support/check-target.ts';
import { lab } from '../support/lab.ts';

function perl(checkcommand: string) {
  return checkTarget({
    checktype: 'external-perl',
    checkcommand,
    checktimeoutMs: 60_000,
    address: '10.0.0.2',
    realPort: 8080,
  });
}

t.test('a script decides by how it ends', lab('perl'), async (t) => {
  for (const [body, up] of [
    ['exit 0;', true],
    ['my $x = 1;', true],
    ['return;', true],
    ['', true],
    ['exit 2;', false],
    ['die "no luck";', false],
    ['this is no perl at all;;', false],
    ['kill 9, $$;', false],
  ] as const)
    await t.test(body, async (t) => {
      const file = join(t.testdir(), 'check.pl');
      writeFileSync(file, body);
      const result = await checkOnce(perl(file));
      t.equal(result.up, up, result.message);
    });
});

t.test('it gets the four arguments', lab('perl'), async (t) => {
  const folder = t.testdir();
  const file = join(folder, 'check.pl');
  writeFileSync(file, `open(O, ">", "${folder}/out"); print O join("|", @ARGV);`);
  t.same((await checkOnce(perl(file))).up, true);
  t.equal(readFileSync(join(folder, 'out'), 'utf8'), '192.0.2.10|80|10.0.0.2|8080');
});

t.test('a file that is not there is down and named', lab('perl'), async (t) => {
  const { up, message } = await checkOnce(perl('/nowhere/check.pl'));
  t.equal(up, false);
  t.match(message, 'cannot read /nowhere/check.pl');
});

t.test('without Perl it says how to get it', async (t) => {
  const path = process.env.PATH;
  process.env.PATH = t.testdir();
  t.teardown(() => {
    process.env.PATH = path;
  });
  const { up, message } = await checkOnce(perl('/nowhere/check.pl'));
  t.equal(up, false);
  t.match(message, 'apt-get install perl');
});
