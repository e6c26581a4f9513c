import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
} from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { StatusDocument } from '../../lib/model/status.ts';
import { ownAddress, startSmtpSink } from '../lab/servers/smtp-sink.ts';
import { lab } from '../support/lab.ts';
import type { ReceivedMail } from '../support/received-mail.ts';
import { freePort, Site, until, webServer } from '../support/site.ts';

const SINK = lab('smtp-sink', 'root');
t.jobs = 2;
const test = (name: string, run: (t: Test) => Promise<void>) =>
  t.test(name, { ...SINK, buffered: true }, run);

/** A web server that can be stopped. @returns its port, and how */
async function mortal(t: Test) {
  const server = createServer((_request, response) => response.end('Test Page'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const kill = () => {
    server.closeAllConnections();
    server.close();
  };
  t.teardown(kill);
  return { port, kill };
}

interface Scene {
  readonly smtp: string;
  readonly reals: readonly string[];
  readonly global?: string;
  readonly words?: readonly string[];
  readonly port?: number;
}

async function aConfig({ smtp, reals, global = '', words = [], port }: Scene) {
  const lines = [
    ...reals.map((real) => `real=${real} masq`),
    'checktype=connect',
    ...(smtp === '' ? [] : [`smtp=${smtp}`]),
    'emailalert="ops@example.com"',
    ...words,
  ];
  return `checkinterval=1
checktimeout=2
quiescent=yes
logfile="LOG"
${global}
virtual=127.0.0.1:${port ?? (await freePort())}
${lines.map((line) => `        ${line}\n`).join('')}`;
}

async function mailStatus(site: Site): Promise<StatusDocument['mail']> {
  const { stdout } = await site.run('--json', 'show');
  return (JSON.parse(stdout) as StatusDocument).mail;
}

const subjects = (mails: readonly ReceivedMail[]) =>
  mails.map(({ headers }) => headers.get('subject') ?? '');

test('a server goes down, and the mail arrives', async (t) => {
  const sink = await startSmtpSink(t);
  const web = await mortal(t);
  const words = ['servicename=shop', 'comment=call Anna', 'emailalertstatus=running'];
  const global = 'emailalertfrom="Alerts" <alerts@example.com>';
  const scene = { smtp: sink.host, reals: [`127.0.0.1:${web.port}`], global, words };
  const site = new Site(t, await aConfig(scene));
  await site.run('start');
  web.kill();
  const [mail] = await sink.got(1);
  t.match(mail, { from: 'alerts@example.com', to: ['ops@example.com'] });
  t.match(
    mail?.headers.get('subject'),
    /^\[shop\] Quiescent real server: 127\.0\.0\.1:\d+ \(127\.0\.0\.1:\d+\) \(Weight set to 0\)$/,
  );
  t.match(
    mail?.body,
    /^Daemon-Status: running\nCheck: connect, \d+ ms: .*ECONNREFUSED/m,
  );
  t.match(mail?.body, /\n\nService name: shop\nComment: call Anna$/);
  await site.logged(/emailalert: Quiescent real server: /);
  await until(async () => (await mailStatus(site)).sent === 1, 'the count');
  t.match(await mailStatus(site), {
    sent: 1,
    failed: 0,
    dropped: 0,
    pending: 0,
    problem: null,
  });
});

test('a mail server that hangs delays neither checks nor the end', async (t) => {
  const host = ownAddress();
  const mailServer = await silentOn(t, host);
  const web = await mortal(t);
  const monitor = join(t.testdir(), 'monitor');
  const words = [`monitorfile="${monitor}"`];
  const scene = { smtp: host, reals: [`127.0.0.1:${web.port}`, '127.0.0.1:1'], words };
  const site = new Site(t, await aConfig(scene));
  await site.run('start');
  await mailServer.connected();
  const checks = () => readFileSync(monitor, 'utf8').split('\n').length;
  const before = checks();
  await until(() => checks() > before + 6, 'checks while the mail server hangs');
  web.kill();
  await site.logged(new RegExp(`Quiescent real server: 127.0.0.1:${web.port}`));
  t.match(await mailStatus(site), { sent: 0, pending: 3 });
  t.equal((await site.run('stop')).code, 0);
  t.match(site.logText, /3 email messages were not sent\n.*terminated on signal: TERM/);
  t.notMatch(site.logText, /Not closed in time/);
});

/** Takes connections on port 25 and says nothing. */
async function silentOn(t: Test, host: string) {
  const held = new Set<Socket>();
  const server = createTcpServer((socket) => {
    held.add(socket.on('error', () => {}));
  });
  server.listen(25, host);
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of held) socket.destroy();
    server.close();
  });
  return { connected: () => until(() => held.size > 0, 'a connection for mail') };
}

test('a mail that could not be sent goes with a reload', async (t) => {
  const host = ownAddress();
  const site = new Site(t, await aConfig({ smtp: host, reals: ['127.0.0.1:1'] }));
  await site.run('start');
  await site.logged(/failed to send SMTP email message: .*ECONNREFUSED/);
  const status = await mailStatus(site);
  t.match(status, { sent: 0, dropped: 0, pending: 1 });
  t.match(status.problem, `${host}: connect ECONNREFUSED ${host}:25`);
  const sink = await startSmtpSink(t, [], host);
  await site.run('reload');
  t.match(subjects(await sink.got(1)), [/^Quiescent real server: 127\.0\.0\.1:1 /]);
  await site.logged(/SMTP email message sent again: /);
});

for (const digest of ['yes', 'no'])
  test(`a hundred servers down at once, digest = ${digest}`, async (t) => {
    const sink = await startSmtpSink(t);
    const web = await mortal(t);
    const reals = Array.from({ length: 100 }, (_, n) => `127.0.0.1:${20_000 + n}`);
    const words = [`checkport=${web.port}`, 'emailalertstatus=running'];
    const site = new Site(t, await aConfig({ smtp: sink.host, reals, words }));
    writeFileSync(`${site.config}.ini`, `[alerts]\ndigest = ${digest}\n`);
    await site.run('start');
    await until(
      () => (site.logText.match(/Added real/g) ?? []).length === 100,
      'all up',
    );
    web.kill();
    let mails = 100;
    if (digest === 'no') {
      t.equal(new Set(subjects(await sink.got(mails))).size, mails);
    } else {
      const bodies = () => sink.mails().map(({ body }) => body);
      // Of one alone the log message tells.
      const listed = () =>
        bodies().flatMap(
          (body) =>
            body.match(/: Quiescent real server: 127\.0\.0\.1:20\d\d\d /g) ?? [],
        );
      await until(() => new Set(listed()).size === 100, 'all of them');
      const counts = subjects(sink.mails()).map((subject) => {
        const several =
          /^(\d+) changes of virtual server: 127\.0\.0\.1:\d+ \(\1 Quiescent\)$/;
        return Number(several.exec(subject)?.[1] ?? 1);
      });
      t.equal(
        counts.reduce((sum, count) => sum + count),
        100,
      );
      // A busy machine finds the last of them when the first are told of.
      t.ok(counts.length <= 2, `${counts.length} mails`);
      mails = counts.length;
    }
    await site.run('stop');
    t.equal(sink.mails().length, mails, 'and no other');
  });

test('the end sends what waits, and tells of servers that were up', async (t) => {
  const sink = await startSmtpSink(t);
  const port = await webServer(t);
  const site = new Site(
    t,
    await aConfig({ smtp: sink.host, reals: [`127.0.0.1:${port}`] }),
  );
  writeFileSync(`${site.config}.ini`, '[alerts]\ndigest = yes\n');
  await site.run('start');
  await site.run('stop');
  t.match(subjects(sink.mails()), [
    /^Added real server: /,
    /^Purged real server \(stop\): 127\.0\.0\.1:\d+ \(127\.0\.0\.1:\d+\)$/,
  ]);
  t.match(sink.mails()[1]?.body, /^Daemon-Status: stopping$/m);
});

test('without smtp the mail goes to the local mailer', async (t) => {
  const site = new Site(t, await aConfig({ smtp: '', reals: ['127.0.0.1:1'] }));
  const mail = join(site.folder, 'mail');
  writeFileSync(
    join(site.folder, 'bin/sendmail'),
    `#!/bin/sh\ncat > ${mail}.new; mv ${mail}.new ${mail}\n`,
    {
      mode: 0o755,
    },
  );
  site.env.PATH = `${join(site.folder, 'bin')}:${process.env.PATH}`;
  await site.run('start');
  await until(() => existsSync(mail), 'the mail');
  t.match(readFileSync(mail, 'utf8'), /^To: ops@example\.com\nSubject: Quiescent real/);
});

test('a monitorfile is shared, and followed over rotation', async (t) => {
  const folder = t.testdir();
  const monitor = join(folder, 'monitor');
  const words = [`monitorfile="${monitor}"`];
  const one = await aConfig({ smtp: '', reals: ['127.0.0.1:1'], words });
  const two = `virtual=127.0.0.1:${await freePort()}\n        real=127.0.0.1:2 masq\n        checktype=connect\n        monitorfile="${monitor}"\n`;
  const site = new Site(t, `${one}\n${two}`);
  await site.run('start');
  const both = () =>
    existsSync(monitor) &&
    [1, 2].every((port) =>
      readFileSync(monitor, 'utf8').includes(` connect tcp 127.0.0.1 ${port} 1 masq `),
    );
  await until(both, 'lines of both services');
  renameSync(monitor, `${monitor}.1`);
  await until(both, 'lines of both in the new file');
  for (const name of [monitor, `${monitor}.1`])
    for (const line of readFileSync(name, 'utf8').split('\n').filter(Boolean))
      t.match(
        line,
        /^\[... ... .. ..:..:.. \d{4}\] \[\d+\] connect tcp .* \[down\] connect ECONN/,
      );
});
