import { once } from 'node:events';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import { lab } from '../support/lab.ts';
import { lowPort } from '../support/low-port.ts';
import { nginx } from '../support/proxy-neighbours.ts';
import { Site, until } from '../support/site.ts';

t.setTimeout(120_000);

/** A director before that server, as its ini says; up. */
async function director(t: Test, real: number, ini: string) {
  const port = await lowPort();
  const site = new Site(
    t,
    `checkinterval=1
quiescent=yes
logfile="LOG"
virtual=127.0.0.1:${port}
\treal=127.0.0.1:${real} masq
\tservice=http
\tchecktype=negotiate
`,
  );
  site.writeIni(ini);
  const tested = await site.run('configtest');
  t.strictSame([tested.code, tested.stderr], [0, '']);
  const { code, stderr } = await site.run('start');
  t.strictSame([code, stderr], [0, '']);
  await site.call(site.config, 'wait', '--for', 'up');
  return { site, port };
}

/** What a client from there gets for these words. */
async function told(port: number, localAddress: string, words: string) {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  await once(socket, 'connect');
  const client = `${localAddress} ${socket.localPort}`;
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  socket.write(words);
  await new Promise((resolve) => socket.once('close', resolve));
  return { text, client };
}

const ASKING = 'GET / HTTP/1.0\r\n\r\n';

t.test(
  'one director tells another whose connection it is, in checks and for clients',
  lab('nginx'),
  async (t) => {
    const server = await nginx()(t, '127.0.0.1');
    const inner = await director(
      t,
      server.port,
      '[net]\naccept-proxy = 127.0.0.1\nsend-proxy = v1\n[checks]\ncheck-send-proxy = yes\n',
    );
    const outer = await director(
      t,
      inner.port,
      '[net]\nsend-proxy = v2\n[checks]\ncheck-send-proxy = yes\n',
    );
    const { text, client } = await told(outer.port, '127.0.0.9', ASKING);
    t.match(text, `X-Seen: ${client} 127.0.0.1 ${outer.port}`);

    t.equal((await told(inner.port, '127.0.0.1', ASKING)).text, '', 'reset');
    await inner.site.logged(
      /A connection was closed for want of a good PROXY header \(tcp:127\.0\.0\.1:\d+, from 127\.0\.0\.1:\d+: it does not begin/,
    );
    const { stdout } = await inner.site.call(inner.site.config, 'show');
    t.match(stdout, /1 without PROXY header/);

    inner.site.writeIni('[net]\nsend-proxy = v1\n[checks]\ncheck-send-proxy = yes\n');
    await inner.site.run('reload');
    await until(async () => {
      const { text, client } = await told(inner.port, '127.0.0.8', ASKING);
      return text.includes(`X-Seen: ${client} 127.0.0.1 ${inner.port}`);
    }, 'a header sent, and none expected');
  },
);

t.test('a kernel cannot do that, and the words for it name the keys', async (t) => {
  const site = new Site(
    t,
    'quiescent=yes\nlogfile="LOG"\nvirtual=127.0.0.1:80\n\treal=127.0.0.1:81 masq\n',
  );
  site.writeIni('[net]\nengine = nftables\nsend-proxy = v2\naccept-proxy = ::1\n');
  const { stdout, stderr } = await site.run('configtest');
  t.match(
    stdout + stderr,
    /tcp:127\.0\.0\.1:80: .*send-proxy, accept-proxy: only a process that holds the connection can do that; set engine = net/,
  );
});
