import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import type { StatusDocument } from '../../lib/model/status.ts';
import { startServer } from '../lab/servers/server.ts';
import { testAuthority } from '../support/certificates.ts';
import { lab } from '../support/lab.ts';
import { startReceiver, startRude } from '../support/receiver.ts';
import { freePort, Site, until, webServer } from '../support/site.ts';

t.jobs = 2;
const test = (name: string, run: (t: Test) => Promise<void>, needs = {}) =>
  t.test(name, { ...needs, buffered: true }, run);

const SECRET = 'a secret of some length';
/** A check and a second at most, on a machine that is not busy. */
const SOON_MS = 10_000;

/** A web server that can be stopped. @returns its port, and how */
async function mortal(t: Test) {
  const server = createServer((_request, response) => response.end('Test Page'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const kill = () => {
    server.close();
    server.closeAllConnections();
  };
  t.teardown(kill);
  return { port: (server.address() as AddressInfo).port, kill };
}

/** A service of two real servers, the first of which can be killed. */
async function aScene(t: Test, ini: (folder: string) => string) {
  const web = await mortal(t);
  const reals = [web.port, await webServer(t)].map((port) => `127.0.0.1:${port}`);
  const vip = `127.0.0.1:${await freePort()}`;
  const site = new Site(
    t,
    `checkinterval=1
checktimeout=2
quiescent=yes
logfile="LOG"
virtual=${vip}
        real=${reals[0]} masq
        real=${reals[1]} masq
        checktype=connect
        servicename=shop
`,
  );
  writeFileSync(join(site.folder, 'secret'), `${SECRET}\n`, { mode: 0o600 });
  site.writeIni(ini(site.folder));
  return { site, web, reals, service: `tcp:${vip}` };
}

async function statusOf(site: Site): Promise<StatusDocument> {
  const { stdout } = await site.run('--json', 'show');
  return JSON.parse(stdout) as StatusDocument;
}

/** Waits until it knows that so many have arrived, which is after the receiver knows. */
async function hasSent(
  site: Site,
  count: number,
  what: 'webhooks' | 'alertCommands' = 'webhooks',
): Promise<void> {
  await until(async () => (await statusOf(site))[what].sent === count, `${what} sent`);
}

/** The code block of docs/alerts.md that begins with that line. */
function documented(language: string, first: string): string {
  const docs = fileURLToPath(new URL('../../../docs/alerts.md', import.meta.url));
  const block = readFileSync(docs, 'utf8').match(
    new RegExp(`\`\`\`${language}\n(${first}[^]*?)\`\`\``),
  )?.[1];
  if (block === undefined) throw new Error(`no ${language} ${first} in ${docs}`);
  return block;
}

test('a server is killed, and both hooks are told', async (t) => {
  const receiver = await startReceiver(t);
  const { site, web, reals, service } = await aScene(
    t,
    (folder) =>
      `[alerts]\nwebhook = ${receiver.url}\nwebhook-secret-file = ${folder}/secret\ncommand = ${join(folder, 'on-change')}\n`,
  );
  const noted = join(site.folder, 'noted');
  site.place(
    'on-change',
    `#!/bin/sh\necho "$* / $ALERT_REASON / $ALERT_UP of $ALERT_REALS / $NOTIFY_SOCKET" >> ${noted}\n`,
  );
  site.env.NOTIFY_SOCKET = join(site.folder, 'nobody');
  t.equal((await site.run('start')).code, 0);
  const [first, second, third] = await receiver.got(3);
  t.match(
    [first, second, third].map((one) => one?.message.to),
    ['up', 'up', 'up'],
  );
  const killed = performance.now();
  web.kill();
  const message = (await receiver.got(4))[3];
  const tookMs = (message?.at ?? 0) - killed;
  t.ok(tookMs < SOON_MS, `told after ${Math.round(tookMs)} ms`);
  t.comment(`told ${Math.round(tookMs)} ms after the kill, a check each 1000 ms`);
  t.match(message?.message, {
    ...{ schema: 1, sequence: 4, changes: 1, kind: 'real', name: 'shop' },
    ...{ service, real: reals[0], from: 'up', to: 'down', up: 1, reals: 2 },
    reason: /ECONNREFUSED/,
  });
  const late = Date.now() - Date.parse(message?.message.at ?? '');
  t.comment(`read ${late} ms after the check that found it`);
  t.ok(late < SOON_MS);
  const found = `real up down ${service} ${reals[0]} / connect ECONNREFUSED ${reals[0]} / 1 of 2 / `;
  const lines = () =>
    existsSync(noted) ? readFileSync(noted, 'utf8').split('\n') : [];
  await until(() => lines().includes(found), 'the command');
  await hasSent(site, 4);
  await hasSent(site, 4, 'alertCommands');
  const status = await statusOf(site);
  t.match(status.webhooks, {
    sent: 4,
    failed: 0,
    dropped: 0,
    pending: 0,
    problem: null,
  });
  t.match(status.alertCommands, { sent: 4, failed: 0, pending: 0 });
  t.equal((await site.run('stop')).code, 0);
  t.match((await receiver.got(5))[4]?.message, {
    ...{ kind: 'service', from: 'up', to: null, reason: 'the director ends' },
  });
  t.equal(lines().filter(Boolean).length, 5);
  const shown = [site.logText, JSON.stringify(status)].join('\n');
  t.notMatch(shown, /secret of some|hook\?a=b/);
});

test(
  'the receiver and the line of the documents verify what is sent',
  async (t) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const { site, web, reals } = await aScene(
      t,
      (folder) =>
        `[alerts]\nwebhook = ${url}\nwebhook-secret-file = ${folder}/secret\n`,
    );
    site.place('receiver.mjs', documented('js', '// receiver.mjs'));
    const receiver = spawn(
      process.execPath,
      [join(site.folder, 'receiver.mjs'), join(site.folder, 'secret'), String(port)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    t.teardown(() => receiver.kill());
    let said = '';
    receiver.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    const answers = () =>
      fetch(url).then(
        () => true,
        () => false,
      );
    await until(answers, 'the receiver');
    await site.run('start');
    await until(() => said.split('\n').length > 3, 'what came at the start');
    web.kill();
    const told = `${reals[0]}: up to down: connect ECONNREFUSED ${reals[0]}\n`;
    await until(() => said.includes(told), 'the change');
    t.match((await statusOf(site)).webhooks, { failed: 0, problem: null });
    await site.run('stop');

    const post = async (headers: Record<string, string>) =>
      (
        await fetch(url, {
          method: 'POST',
          body: '{}',
          headers,
        })
      ).status;
    t.equal(await post({}), 401);
    site.place('verify.sh', documented('sh', '# sh verify.sh'));
    site.place('body', '{}');
    const signed = (timestamp: string) => ({
      'x-l4director-timestamp': timestamp,
      'x-l4director-signature': execFileSync(
        'sh',
        [join(site.folder, 'verify.sh'), 'secret', timestamp, 'body'],
        { cwd: site.folder, encoding: 'utf8' },
      ).trim(),
    });
    const now = Math.floor(Date.now() / 1000);
    t.equal(await post(signed(String(now))), 204, 'both make the same signature');
    t.equal(await post(signed(String(now - 600))), 401, 'a replay');
    const forged = {
      ...signed(String(now)),
      'x-l4director-timestamp': String(now + 1),
    };
    t.equal(await post(forged), 401, 'the time is signed');
  },
  lab('openssl'),
);

test('a receiver that hangs delays neither checks, nor others, nor the end', async (t) => {
  const silent = await startRude(t, () => {});
  const receiver = await startReceiver(t);
  const { site, web, service } = await aScene(t, () => '');
  const other = `127.0.0.1:${await freePort()}`;
  const text = readFileSync(site.config, 'utf8');
  const section = text.slice(text.indexOf('virtual='));
  const vip = service.slice('tcp:'.length);
  site.write(`${text}\n${section.replace(vip, other)}`);
  site.writeIni(
    `[alerts]\nwebhook = ${silent.url}\n[service tcp:${other}]\nwebhook = ${receiver.url}\n`,
  );
  await site.run('start');
  await until(() => silent.open() > 0, 'a request that hangs');
  await receiver.got(3);
  web.kill();
  const killed = performance.now();
  const message = (await receiver.got(4))[3]?.message;
  t.match(message, { service: `tcp:${other}`, to: 'down' });
  t.ok(performance.now() - killed < 4500);
  await until(
    async () => (await statusOf(site)).webhooks.pending === 4,
    'the other service',
  );
  await hasSent(site, 4);
  t.match((await statusOf(site)).webhooks, { sent: 4, pending: 4 });
  const begun = performance.now();
  t.equal((await site.run('stop')).code, 0);
  t.ok(performance.now() - begun < 12_000, 'it ends');
  t.match(site.logText, /webhook: \d more were not told: http:.*: the director ends\n/);
  t.notMatch(site.logText, /Not closed in time/);
});

test('a reload keeps what waits, and sends it where the ini says now', async (t) => {
  const dead = await freePort();
  const { site } = await aScene(
    t,
    () => `[alerts]\nwebhook = http://127.0.0.1:${dead}/secret-path\n`,
  );
  await site.run('start');
  await site.logged(
    /webhook: a change of state could not be told, it is tried again: /,
  );
  const before = await statusOf(site);
  t.match(before.webhooks, { sent: 0, pending: 3, problem: /ECONNREFUSED/ });
  t.match(
    (await site.run('show')).stdout,
    /WEBHOOK: 3 waiting: http:\/\/127\.0\.0\.1:\d+: /,
  );
  const receiver = await startReceiver(t);
  site.writeIni(`[alerts]\nwebhook = ${receiver.url}\n`);
  t.equal((await site.run('reload')).code, 0);
  const got = await receiver.got(3);
  t.strictSame(
    got.map(({ message }) => message.sequence),
    [1, 2, 3],
  );
  await until(
    async () => (await statusOf(site)).webhooks.problem === null,
    'no trouble',
  );
  t.notMatch(site.logText, /secret-path/);
});

test('a command that fails, and one that hangs, are said and not run again', async (t) => {
  const { site } = await aScene(t, (folder) => {
    const program = join(folder, 'on-change');
    writeFileSync(
      program,
      '#!/bin/sh\n[ "$1" = service ] || exit 3\ntrap "" TERM\nwhile :; do sleep 0.1; done\n',
    );
    chmodSync(program, 0o755);
    return `[alerts]\ncommand = ${program}\ncommand-timeout = 500ms\n`;
  });
  await site.run('start');
  await site.logged(/command: 1 change of state was not told: \S+: exit status 3\n/);
  await site.logged(/\S+: not done within 0\.5 s, killed by SIGKILL\n/);
  const failed = async () => (await statusOf(site)).alertCommands.failed;
  await until(async () => (await failed()) === 3, 'all of them');
  t.match((await statusOf(site)).alertCommands, { sent: 0, failed: 3, dropped: 3 });
  t.match((await site.run('show')).stdout, /COMMAND: 0 waiting, 3 dropped: /);
});

test(
  'nginx with TLS stands before the receiver',
  async (t) => {
    const receiver = await startReceiver(t);
    const folder = mkdtempSync(join(tmpdir(), 'l4d-hooks-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const authority = testAuthority(folder);
    const { key, cert } = authority.issue('localhost');
    const nginx = await startServer(t, {
      ...{ name: 'nginx', ports: 1 },
      prepare(own, [port]) {
        writeFileSync(join(own, 'key'), key);
        writeFileSync(join(own, 'cert'), cert);
        const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
          (what) => `${what}_temp_path ${own}/${what};`,
        );
        writeFileSync(
          join(own, 'conf'),
          `daemon off; master_process off; pid ${own}/pid; error_log ${own}/error;
events {}
http { access_log off; ${temp.join(' ')}
  server { listen 127.0.0.1:${port} ssl; listen [::1]:${port} ssl; ssl_certificate ${own}/cert; ssl_certificate_key ${own}/key;
    location / { proxy_pass http://127.0.0.1:${receiver.port}; } } }
`,
        );
        return {
          command: '/usr/sbin/nginx',
          args: ['-p', own, '-c', join(own, 'conf')],
        };
      },
    });
    const { site, web } = await aScene(
      t,
      (own) =>
        `[alerts]\nwebhook = https://localhost:${nginx.ports[0]}/hook\nwebhook-ca = ${authority.file}\nwebhook-secret-file = ${own}/secret\n`,
    );
    await site.run('start');
    await receiver.got(3);
    web.kill();
    t.match((await receiver.got(4))[3], {
      path: '/hook',
      headers: { 'x-l4director-signature': /^sha256=[\da-f]{64}$/ },
      message: { to: 'down' },
    });
    await hasSent(site, 4);
    t.match((await statusOf(site)).webhooks, { sent: 4, failed: 0 });
  },
  lab('nginx', 'openssl'),
);

test(
  'as another user it reads the secret and runs the command, without rights',
  async (t) => {
    const receiver = await startReceiver(t);
    const { site } = await aScene(
      t,
      (folder) =>
        `[daemon]\nuser = nobody\n[alerts]\nwebhook = ${receiver.url}\nwebhook-secret-file = ${folder}/secret\ncommand = ${join(folder, 'on-change')}\n`,
    );
    chmodSync(site.folder, 0o755);
    const noted = join(site.folder, 'noted');
    writeFileSync(noted, '');
    chmodSync(noted, 0o666);
    const script = `#!/bin/sh\ngrep -E "^(Uid|CapEff)" /proc/self/status | tr -d "\\n" >> ${noted}\n`;
    site.place('on-change', script);
    const secret = join(site.folder, 'secret');
    t.match(await site.run('start'), {
      code: /[^0]/,
      stderr: `[daemon] user = nobody: that user cannot read ${secret}: expected`,
    });
    chmodSync(secret, 0o644);
    const started = await site.run('start');
    t.equal(started.code, 0);
    t.match(
      started.stderr,
      /every user of this host can read the webhook's secret there/,
    );
    const [message] = await receiver.got(3);
    t.match(message?.headers['x-l4director-signature'], /^sha256=/);
    await until(() => readFileSync(noted, 'utf8').length > 0, 'the command');
    t.match(
      readFileSync(noted, 'utf8'),
      /^Uid:\t65534\t65534\t65534\t65534CapEff:\t0{16}/,
    );
  },
  lab('root'),
);
