import type { Test } from 'tap';
import type { FakeDirector } from './fake-director.ts';
import { PROGRAM } from './l4director.ts';
import { Screen, type ScreenOptions } from './tmux.ts';

/** A shell in a terminal, which has called top. */
export async function topOf(
  t: Test,
  director: FakeDirector,
  options: ScreenOptions = {},
) {
  const screen = new Screen(t, ['bash', '--norc', '--noprofile'], options);
  screen.type(`PS1='ready '; clear; echo before`);
  screen.press('Enter');
  await screen.shows(/^ready$/m);
  const program = `${process.execPath} ${PROGRAM} --runtime-dir ${director.folder}`;
  screen.type(`T='${program} x.cf top'; clear; echo before; $T; echo ended $?`);
  screen.press('Enter');
  await screen.shows(/SERVICE, REAL SERVER/);
  return screen;
}

/** The terminal is the shell's again, as it was. */
export async function givenBack(screen: Screen, t: Test, code: number): Promise<void> {
  await screen.shows(new RegExp(`^ended ${code}$`, 'm'));
  t.notOk(screen.alternate());
  t.ok(screen.cursor());
  t.match(screen.text(), /^before\n/);
  t.notMatch(screen.text(), 'REAL SERVER');
  screen.type('stty -a | grep -o " icanon.* echo "');
  screen.press('Enter');
  await screen.shows(/^ icanon .* echo$/m);
}
