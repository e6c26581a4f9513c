import { writeFileSync } from 'node:fs';
import t from 'tap';
import { Site } from '../support/site.ts';

const GOOD = `checkinterval=1
quiescent=yes
logfile="LOG"
virtual=127.0.0.1:8080
    real=127.0.0.1:8081 masq
    real=127.0.0.1:8082 masq 3
    service=http
`;

t.test('configtest counts what is good', async (t) => {
  const site = new Site(t, GOOD);
  t.same(await site.run('configtest'), {
    code: 0,
    stdout: `${site.config}: good: 1 virtual service, 2 real servers, 0 warnings\n`,
    stderr: '',
  });
});

t.test('configtest says what auto takes, a line a service', async (t) => {
  const site = new Site(t, GOOD);
  const good = `${site.config}: good: 1 virtual service, 2 real servers, 0 warnings\n`;
  writeFileSync(`${site.config}.ini`, '[net]\nengine = auto\n');
  const { code, stdout, stderr } = await site.run('configtest');
  t.same([code, stderr], [0, '']);
  const [line, ...rest] = stdout.split(/(?<=\n)/);
  t.match(line, /^engine of tcp:127\.0\.0\.1:8080: net \(auto: .+\)\n$/);
  t.same(rest, [good]);
  writeFileSync(
    `${site.config}.ini`,
    '[net]\nengine = auto\n[service tcp:127.0.0.1:8080]\nengine = net\n',
  );
  t.same(await site.run('configtest'), { code: 0, stdout: good, stderr: '' });
});

t.test('and why it can take none; all is good but that', async (t) => {
  const mark =
    'virtual=5\n    fallback=127.0.0.1:80\n    service=http\n    quiescent=yes\n';
  const site = new Site(t, `${mark}    real=127.0.0.1:8081 gate\n`);
  writeFileSync(`${site.config}.ini`, '[net]\nengine = auto\n');
  const { code, stdout } = await site.run('configtest');
  t.equal(code, 0);
  const none = /^engine of fwm:5: auto: none can \(.*net: firewall mark 5 .*\)\n/;
  const ipvs = /^engine of fwm:5: ipvs \(auto: IPVS is here/; // where the kernel has it
  t.ok(none.test(stdout) || ipvs.test(stdout), stdout);
});

t.test('configtest says what an engine that is named cannot carry', async (t) => {
  const mark = 'virtual=5\n    real=127.0.0.1:8081 masq\n    service=http\n';
  const site = new Site(t, `${GOOD.replace('8082 masq', '8082 gate')}${mark}`);
  const id = 'tcp:127.0.0.1:8080';
  writeFileSync(`${site.config}.ini`, `[service ${id}]\nengine = nftables\n`);
  const { code, stdout } = await site.run('configtest');
  t.equal(code, 0);
  t.match(
    stdout,
    `engine of ${id}: engine = nftables (real server 127.0.0.1:8081 is on`,
  );
  t.match(stdout, 'engine of fwm:5: engine = net (firewall mark 5 is no address');
});

t.test(
  'configtest says where connections are to be logged and cannot be',
  async (t) => {
    const site = new Site(t, GOOD);
    const kernel = '[service tcp:127.0.0.1:8080]\nengine = nftables\n';
    writeFileSync(`${site.config}.ini`, `[log]\nconnections = yes\n${kernel}`);
    const { stdout } = await site.run('configtest');
    t.match(
      stdout,
      'connection log of tcp:127.0.0.1:8080: none, since the kernel forwards',
    );
    writeFileSync(`${site.config}.ini`, '[log]\nconnections = yes\n');
    t.notMatch((await site.run('configtest')).stdout, 'connection log');
  },
);

t.test('configtest says where the way back looks wrong', async (t) => {
  const far = GOOD.replaceAll('real=127.0.0.1', 'real=198.51.100.7');
  const site = new Site(t, far);
  const good = `${site.config}: good: 1 virtual service, 2 real servers, 0 warnings\n`;
  const having = async (ini: string) => {
    writeFileSync(`${site.config}.ini`, ini);
    return site.run('configtest');
  };
  const { code, stdout, stderr } = await having('[net]\nengine = nftables\n');
  t.same([code, stderr], [0, '']);
  const [line, ...rest] = stdout.split(/(?<=\n)/);
  t.match(
    line,
    /^way back of tcp:127\.0\.0\.1:8080: 198\.51\.100\.7:8081 and 198\.51\.100\.7:8082 are in no network of this host: .* snat = yes/,
  );
  t.same(rest, [good]);
  const done = { code: 0, stdout: good, stderr: '' };
  t.same(await having('[net]\nengine = nftables\n[nftables]\nsnat = yes\n'), done);
  t.same(await having('[net]\nengine = net\n'), done);
  t.notMatch((await having('[net]\nengine = auto\n')).stdout, 'way back of');
});

t.test('configtest --json prints the values in force', async (t) => {
  const site = new Site(t, GOOD);
  const { code, stdout } = await site.call(site.config, 'configtest', '--json');
  t.equal(code, 0);
  const report = JSON.parse(stdout);
  t.equal(report.file, site.config);
  t.equal(report.global.checkinterval, 1);
  t.match(report.virtuals, [{ id: 'tcp:127.0.0.1:8080', scheduler: 'wrr' }]);
});

t.test('configtest names all errors on stderr, and nothing on stdout', async (t) => {
  const site = new Site(t, 'checkinterval=0\nnonsense=1\n');
  for (const form of [['configtest'], ['configtest', '--json']]) {
    const { code, stdout, stderr } = await site.call(site.config, ...form);
    t.same([code, stdout], [2, '']);
    t.equal(stderr.trimEnd().split('\n').length, 2);
  }
});

t.test('configtest reads a pipe, and start does not', async (t) => {
  const site = new Site(t, GOOD);
  t.match(await site.piped('configtest'), {
    code: 0,
    stdout: /^\/dev\/stdin: good: 1 /,
  });
  for (const action of ['start', 'restart'])
    t.same(await site.piped(action), {
      code: 1,
      stdout: '',
      stderr:
        '/dev/stdin: a director reads its config again: expected a regular file, as in "/etc/ha.d/ldirectord.cf"; only configtest takes a pipe\n',
    });
});

t.test('configtest leaves a running director and its log alone', async (t) => {
  const site = new Site(t, GOOD);
  t.equal((await site.run('configtest')).code, 0);
  t.equal(site.logText, '');
});

t.test('show asks the running director, and says when none runs', async (t) => {
  const site = new Site(t, 'checkinterval=1\nquiescent=yes\nlogfile="LOG"\n');
  const stopped = await site.run('show');
  t.equal(stopped.code, 1);
  t.match(stopped.stderr, /\S/);
  await site.run('start');
  const { code, stdout } = await site.call(site.config, 'show', '--json');
  t.equal(code, 0);
  t.match(JSON.parse(stdout), { pid: site.pid, config: site.config, services: [] });
});
