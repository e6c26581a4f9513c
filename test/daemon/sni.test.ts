import t from 'tap';
import { testAuthority } from '../support/certificates.ts';
import { lab } from '../support/lab.ts';
import { lowPort } from '../support/low-port.ts';
import { Site, until } from '../support/site.ts';
import { nginxTls, said } from '../support/tls-neighbours.ts';

t.setTimeout(120_000);

t.test(
  'a config leads names to services, a reload leads them elsewhere, and show counts',
  lab('nginx', 'openssl'),
  async (t) => {
    const authority = testAuthority(t.testdir());
    const names = ['default.example', 'www.example.com', 'star.example.org'];
    const servers = await Promise.all(
      names.map((name) => nginxTls(t, authority.issue(name), name)),
    );
    const ports: number[] = [];
    for (const _ of names) ports.push(await lowPort());
    const sections = servers.map(
      ({ port }, at) =>
        `virtual=127.0.0.1:${ports[at]}\n\treal=127.0.0.1:${port} masq\n\tservice=https\n\tchecktype=connect\n\tscheduler=rr\n`,
    );
    const site = new Site(
      t,
      `checkinterval=1\nquiescent=yes\nlogfile="LOG"\n${sections.join('\n')}`,
    );
    const [front, plain, star] = ports;
    const ini = (names: string) =>
      `[service tcp:127.0.0.1:${front}]\nsni-timeout = 1s\nsni = ${names}\n`;

    site.writeIni(ini(`www.example.com 127.0.0.1:${front}`));
    const wrong = await site.run('configtest');
    t.not(wrong.code, 0);
    t.match(wrong.stdout + wrong.stderr, /\.ini:3: sni: .* is the service itself/);

    site.writeIni(
      ini(`www.example.com 127.0.0.1:${plain}, *.example.org 127.0.0.1:${star}`),
    );
    for (const action of ['configtest', 'start'] as const) {
      const { code, stderr } = await site.run(action);
      t.strictSame([code, stderr], [0, ''], action);
    }
    await site.call(site.config, 'wait', '--for', 'up');

    const page = (name: string) =>
      said('curl', [
        ...['-sSk', '--connect-to', `${name}:443:127.0.0.1:${front}`],
        `https://${name}/`,
      ]);
    for (const name of names) t.equal(await page(name), name);
    await t.rejects(said('curl', ['-sS', `telnet://127.0.0.1:${front}`]), {
      message: /reset/,
    });
    const { stdout } = await site.call(site.config, 'show');
    t.match(stdout, /4 accepted {2}1 for no name of sni {2}1 without ClientHello/);
    await site.logged(
      /A connection was closed for want of a TLS ClientHello that could be read \(tcp:127\.0\.0\.1:\d+, from 127\.0\.0\.1:\d+: 0 bytes of it came within 1000 ms\)/,
    );

    site.writeIni(ini(`www.example.com 127.0.0.1:${star}`));
    await site.run('reload');
    const there = async () => (await page('www.example.com')) === 'star.example.org';
    await until(there, 'the name to lead elsewhere');
  },
);

t.test('a kernel cannot do that, and the words for it name the key', async (t) => {
  const site = new Site(
    t,
    'quiescent=yes\nlogfile="LOG"\nvirtual=127.0.0.1:80\n\treal=127.0.0.1:81 masq\n\nvirtual=127.0.0.1:82\n\treal=127.0.0.1:81 masq\n',
  );
  site.writeIni(
    '[service tcp:127.0.0.1:80]\nengine = ipvs\nsni = a.example 127.0.0.1:82\n',
  );
  const { code, stdout, stderr } = await site.run('configtest');
  t.not(code, 0);
  t.match(stdout + stderr, /\.ini:3: sni: tcp:127\.0\.0\.1:80 has engine = ipvs/);
});
