import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { collect, Site, until } from '../support/site.ts';

t.test(
  'an error that nobody caught is logged, and it ends in order with 255',
  async (t) => {
    const site = new Site(t, 'checkinterval=1\nquiescent=yes\nlogfile="LOG"\n');
    const [defect, trigger] = [
      join(site.folder, 'defect.mjs'),
      join(site.folder, 'now'),
    ];
    writeFileSync(
      defect,
      `import { existsSync } from 'node:fs';
     const timer = setInterval(() => {
       if (!existsSync(${JSON.stringify(trigger)})) return;
       clearInterval(timer);
       throw new Error('made by the test');
     }, 20).unref();`,
    );
    site.env.NODE_OPTIONS = `--import=${pathToFileURL(defect)}`;
    const child = site.spawn('--foreground', site.config, 'start');
    const outcome = collect(child);
    await until(() => site.pid !== undefined, 'pid file');
    writeFileSync(trigger, '');
    t.equal((await outcome).code, 255);
    t.match(site.logText, /Defect: Error: made by the test \| at /);
    t.match(site.logText, /Exiting with exit_status 255: Defect: made by the test\n$/);
    t.equal(site.pid, undefined);
    t.notOk(site.socketIsThere);
  },
);

t.test('a director that is killed while it starts is told as such', async (t) => {
  const site = new Site(t, 'checkinterval=1\nquiescent=yes\nlogfile="LOG"\n');
  const die = join(site.folder, 'die.mjs');
  writeFileSync(
    die,
    "if (process.env.L4DIRECTOR_DETACHED) process.kill(process.pid, 'SIGKILL');",
  );
  site.env.NODE_OPTIONS = `--import=${pathToFileURL(die)}`;
  const { code, stderr } = await site.run('start');
  t.equal(code, 1);
  t.match(stderr, /ended before it was at work \(SIGKILL\)/);
});
