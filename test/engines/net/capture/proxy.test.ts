import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { startAgent } from '../../../lab/agent.ts';
import { createDaemon } from '../../../lab/daemon.ts';
import { createNetwork } from '../../../lab/network.ts';
import { clientHello } from '../../../support/client-hello.ts';
import { forgetsSoon } from '../../../support/kernel-stage.ts';
import { lab } from '../../../support/lab.ts';

t.setTimeout(240_000);

const CONFIG = `logfile = "FOLDER/director.log"
quiescent = no
virtual = 10.1.1.19:80
    real = 10.1.1.21:80 masq
    checktype = on
`;
const INI = '[net]\ncapture = yes\nsend-proxy = v1\n';
/** Answers with the first line that it gets. */
const SERVER = `require('node:net').createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', (chunk) => {
    socket.end('HTTP/1.0 200 OK\\r\\n\\r\\n' + String(chunk).split('\\r\\n')[0]);
  });
}).listen(80)`;

t.test(
  'a captured service announces the port that clients ask for',
  lab('namespaces', 'nft'),
  async (t) => {
    const network = await createNetwork();
    t.teardown(() => network.close());
    const director = await network.host('director', '10.1.1.2/24', '10.1.1.19/24');
    await forgetsSoon(director);
    const web = await network.host('web', '10.1.1.21/24');
    web.spawn(process.execPath, ['-e', SERVER], { stdio: 'ignore' });
    const client = startAgent(await network.host('client', '10.1.1.100/24'));
    t.teardown(() => client.close());
    const visit = (host: string) => client.do('visit', `http://${host}/`);
    while ((await visit('10.1.1.21')).outcome !== 'ok') await sleep(20);

    const daemon = await createDaemon(director, CONFIG, INI);
    const { code, stderr } = await daemon.command('start');
    t.strictSame([code, stderr], [0, '']);
    await daemon.until(({ state }) => state === 'up', 10_000);
    const { body } = await visit('10.1.1.19');
    t.match(body, /^PROXY TCP4 10\.1\.1\.100 10\.1\.1\.19 \d+ 80$/);
    const rules = ['list', 'table', 'inet', 'l4director-capture_ldirectord.cf'];
    t.match(await director.run('nft', ...rules), '10.1.1.19 . 80 : 10.1.1.19 . 61000');
    await daemon.stop();
  },
);

const NAMES = `[service tcp:10.1.1.19:80]
capture = yes
sni = www.example.com 127.0.0.1:8443
[service tcp:127.0.0.1:8443]
send-proxy = v1
`;
const NAMED = `${CONFIG}
virtual = 127.0.0.1:8443
    real = 10.1.1.21:80 masq
    checktype = on
`;
/** Prints what comes for these bytes. */
const CALLER = `const socket = require('node:net').connect(80, '10.1.1.19');
socket.write(Buffer.from(process.argv[1], 'base64'));
socket.pipe(process.stdout);`;

t.test(
  'so does the service that a name leads to from there',
  lab('namespaces', 'nft'),
  async (t) => {
    const network = await createNetwork();
    t.teardown(() => network.close());
    const director = await network.host('director', '10.1.1.2/24', '10.1.1.19/24');
    await forgetsSoon(director);
    const web = await network.host('web', '10.1.1.21/24');
    web.spawn(process.execPath, ['-e', SERVER], { stdio: 'ignore' });
    const host = await network.host('client', '10.1.1.100/24');
    const client = startAgent(host);
    t.teardown(() => client.close());
    while ((await client.do('visit', 'http://10.1.1.21/')).outcome !== 'ok')
      await sleep(20);

    const daemon = await createDaemon(director, NAMED, NAMES);
    const { code, stderr } = await daemon.command('start');
    t.strictSame([code, stderr], [0, '']);
    await daemon.until(({ state }) => state === 'up', 10_000);
    const call = (name: string) => {
      const hello = clientHello({ name }).toString('base64');
      return host.run(process.execPath, '-e', CALLER, hello);
    };
    t.match(
      await call('www.example.com'),
      /PROXY TCP4 10\.1\.1\.100 10\.1\.1\.19 \d+ 80$/,
    );
    t.notMatch(await call('other.example'), /PROXY/, 'its own server hears of nobody');
    await daemon.stop();
  },
);
