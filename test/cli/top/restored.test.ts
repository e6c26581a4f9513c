import { readdirSync } from 'node:fs';
import t from 'tap';
import { FakeDirector } from '../../support/fake-director.ts';
import { lab } from '../../support/lab.ts';
import { commandLine } from '../../support/site.ts';
import { statusDocument } from '../../support/status.ts';
import { givenBack, topOf } from '../../support/top.ts';

const WEB = 'tcp:10.1.1.19:80';
const ONE = '10.1.1.21:80';

/** The top that looks at the director in that folder. */
function pidOf(folder: string): number {
  const found = readdirSync('/proc').find((pid) => {
    const words = commandLine(pid);
    return /^\d+$/.test(pid) && words.includes(folder) && words.at(-1) === 'top';
  });
  return Number(found);
}

t.test('however it ends, the terminal is given back', lab('tmux'), async (t) => {
  const director = await FakeDirector.open(t, statusDocument());
  const screen = await topOf(t, director);
  const again = async (prefix = '') => {
    screen.type(`clear; echo before; ${prefix}$T; echo ended $?`);
    screen.press('Enter');
    await screen.shows(/SERVICE, REAL SERVER/);
  };
  screen.press('C-c');
  await givenBack(screen, t, 0);
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const) {
    await again();
    process.kill(pidOf(director.folder), signal);
    await givenBack(screen, t, code);
  }
  const boom = 'process.on(%22SIGUSR2%22,()=>{throw%20Error(7)})';
  await again(`NODE_OPTIONS='--import data:text/javascript,${boom}' `);
  process.kill(pidOf(director.folder), 'SIGUSR2');
  await screen.shows(/^Error: 7$/m);
  await givenBack(screen, t, 1);
});

t.test('Ctrl-Z stops it, fg brings it back', lab('tmux'), async (t) => {
  const director = await FakeDirector.open(t, statusDocument());
  const screen = await topOf(t, director);
  screen.press('C-z');
  await screen.shows(/Stopped/);
  t.notOk(screen.alternate());
  t.ok(screen.cursor());
  director.setReal(WEB, ONE, { state: 'down' });
  screen.type('fg');
  screen.press('Enter');
  await screen.shows(/10\.1\.1\.21:80 +down/);
  t.ok(screen.alternate());
  screen.press('q');
  await screen.shows(/^ready$/m);
  t.notOk(screen.alternate());
});
