import t from 'tap';
import { canShare } from '../../lib/engines/net/crew/worker-count.ts';
import { freePort, Site, until } from '../support/site.ts';

const EMPTY = 'checkinterval=1\nquiescent=yes\nlogfile="LOG"\n';

t.test('what is stopped stays stopped, and a bad config changes nothing', async (t) => {
  const site = new Site(t, EMPTY);
  t.same(await site.run('upgrade'), { code: 0, stdout: '', stderr: '' });
  t.equal(site.pid, undefined);
  await site.run('start');
  const { pid } = site;
  site.write(`${EMPTY}virtual=nowhere\n`);
  t.match(await site.run('upgrade'), { code: 2, stderr: /a\.cf:4: / });
  t.equal(site.pid, pid);
});

t.test(
  'what no connection would live through is refused, with the reason',
  async (t) => {
    const reason = canShare(process.versions.node)
      ? /not upgraded: tcp:127\.0\.0\.1:\d+ has capture = yes: restart it\n/
      : /not upgraded: Node \S+ cannot share an address with another process: restart it\n/;
    const site = new Site(
      t,
      `${EMPTY}virtual=127.0.0.1:${await freePort()}\n    real=127.0.0.1:1 masq\n    checktype=off\n`,
    );
    site.writeIni('[net]\ncapture = yes\n');
    await site.run('start');
    const { pid } = site;
    t.match(await site.run('upgrade'), { code: 1, stderr: reason });
    t.equal(site.pid, pid);
    await until(() => /Not upgraded: /.test(site.logText), 'the log line');
  },
);

t.test('a terminal that gets another size is no upgrade', async (t) => {
  const site = new Site(t, EMPTY);
  const child = site.spawn('--foreground', site.config, 'start');
  await until(() => site.pid !== undefined, 'pid file');
  child.kill('SIGWINCH');
  child.kill('SIGHUP');
  await site.logged(/Reloading Linux Director Daemon config on signal/);
  t.notMatch(site.logText, /upgraded|successor/);
  t.equal(site.pid, child.pid);
});
