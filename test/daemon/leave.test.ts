import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { lab } from '../support/lab.ts';
import { collect, freePort, Site, until } from '../support/site.ts';

/** A name server that takes questions and answers none. */
async function silentNameServer(t: Test) {
  const address = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
  const socket = createSocket('udp4');
  let asked = false;
  socket.on('message', () => {
    asked = true;
  });
  socket.bind(53, address);
  await once(socket, 'listening');
  t.teardown(() => socket.close());
  return { address, asked: () => asked };
}

/** Starts the site's director where that is the only name server. */
async function startWith(site: Site, nameServer: string) {
  const file = join(site.folder, 'resolv.conf');
  writeFileSync(file, `nameserver ${nameServer}\n`);
  const there = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';
  const own = [site.program, '--runtime-dir', site.runtimeDir, site.config, 'start'];
  const command = ['--mount', 'sh', '-c', there, file, process.execPath, ...own];
  return await collect(spawn('unshare', command));
}

t.test(
  'a stop is over when the pid file is gone',
  lab('root', 'namespaces'),
  async (t) => {
    const names = await silentNameServer(t);
    const site = new Site(
      t,
      `checkinterval=1
logfile="LOG"
virtual=127.0.0.1:${await freePort()}
        real=127.0.0.1:${await freePort()} masq
        checktype=connect
        smtp=mail.example.com
        emailalert="ops@example.com"
`,
    );
    t.match(await startWith(site, names.address), { code: 0 });
    await until(names.asked, 'a question for the mail server');
    const stop = site.run('stop');
    await until(() => !existsSync(site.pidFile), 'the end of the pid file');
    const goneAt = performance.now();
    t.match(await stop, { code: 0, stderr: '' });
    const stayedMs = performance.now() - goneAt;
    t.ok(stayedMs < 8000, `the process stayed ${Math.round(stayedMs)} ms`);
    t.match(site.logText, /terminated on signal: TERM\n$/);
  },
);
