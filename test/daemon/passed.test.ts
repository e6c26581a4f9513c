import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { tellPassedSockets } from '../../lib/daemon/passed.ts';
import { received } from '../support/engine-rig.ts';
import { lab } from '../support/lab.ts';
import { passedSockets, spawnWith } from '../support/passed-sockets.ts';
import { recordingLog } from '../support/recording-log.ts';
import { collect, freePort, Site, until, webServer } from '../support/site.ts';

/** A service there, whose check says what it was given. */
async function siteAt(t: Test, port: number): Promise<Site> {
  const site = new Site(t, '');
  const real = await webServer(t, 'a page');
  site.place(
    'check',
    '#!/bin/sh\n{ env; ls -l /proc/$$/fd; } >"$0.new"; mv "$0.new" "$0.saw"\n',
  );
  site.write(`checkinterval=1
quiescent=yes
logfile="LOG"
virtual=127.0.0.1:${port}
    real=127.0.0.1:${real} masq
    checktype=external
    checkcommand=${join(site.folder, 'check')}
`);
  return site;
}

async function page(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.0\r\n\r\n');
  return (await received(socket)).split('\r\n\r\n')[1] ?? '';
}

/** The first client's, which is refused as long as nobody listens. */
async function firstPage(port: number): Promise<string> {
  const refused = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNREFUSED') throw error;
    return undefined;
  };
  let answer: string | undefined;
  await until(async () => {
    answer = await page(port).catch(refused);
    return answer !== undefined;
  }, 'systemd');
  return answer ?? '';
}

t.test('a director in the background serves on what it was passed', async (t) => {
  const [socket] = await passedSockets(t);
  const { descriptor = 0, port = 0 } = socket ?? {};
  const [idle] = await passedSockets(t);
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
  t.teardown(() => udp.close());
  const { _handle } = udp as typeof udp & { readonly _handle?: { fd: number } };
  const site = await siteAt(t, port);
  const early = page(port);
  const passed = [descriptor, idle?.descriptor ?? 0, _handle?.fd ?? 0];
  const start = collect(spawnWith(site, passed, [site.config, 'start']));
  t.match(await start, { code: 0, stderr: '' });
  t.equal(await early, 'a page', 'who came before it is served');
  t.equal(await page(port), 'a page');

  await site.logged(/Nobody listens on/);
  t.match(
    site.logText,
    `tcp:127.0.0.1:${port} listens on what was passed: descriptor 3\n`,
  );
  t.match(
    site.logText,
    `Nobody listens on 127.0.0.1:${idle?.port}, which was passed (descriptor 4): no virtual service`,
  );
  t.match(
    site.logText,
    /Descriptor 5, which was passed, is not used: it is a socket for UDP .*ListenStream=/,
  );
  const saw = readFileSync(join(site.folder, 'check.saw'), 'utf8');
  t.notMatch(saw, /LISTEN_|L4DIRECTOR_/);
  for (const one of passed)
    t.notMatch(saw, readlinkSync(`/proc/self/fd/${one}`), 'no child has it');

  // By hand, and not by whoever has the sockets.
  const { code, stderr } = await site.run('restart');
  t.match({ code, stderr }, { code: 0, stderr: /port \d+ is held by/ });
});

t.test('what was meant for another process is not taken', async (t) => {
  const site = await siteAt(t, await freePort());
  site.env.LISTEN_FDS = '1';
  site.env.LISTEN_PID = '1';
  t.match(await site.run('start'), { code: 0, stderr: '' });
  t.notMatch(site.logText, 'passed');
});

t.test(
  'systemd starts it when the first client comes',
  lab('systemd-socket-activate'),
  async (t) => {
    const port = await freePort();
    const site = await siteAt(t, port);
    const own = [process.execPath, site.program, '--runtime-dir', site.runtimeDir];
    const words = ['-l', `127.0.0.1:${port}`, '-E', 'PATH', ...own];
    const child = spawn(
      'systemd-socket-activate',
      [...words, '--foreground', site.config, 'start'],
      { cwd: site.folder, stdio: 'ignore' },
    );
    const ended = once(child, 'exit');
    t.teardown(() => child.kill('SIGKILL'));
    t.equal(await firstPage(port), 'a page', 'the one that started it is served');
    t.equal(site.pid, child.pid);
    child.kill('SIGTERM');
    t.strictSame(await ended, [0, null]);
  },
);

t.test('a service that a kernel carries has no use for it', async (t) => {
  const log = recordingLog();
  const sockets = [3, 4].map((descriptor) => {
    return { descriptor, address: '2001:db8::1', port: 80 };
  });
  const status = {
    id: 'tcp:[2001:db8:0::1]:80',
    ...{ protocol: 'tcp', address: '2001:db8:0::1', port: 80, engine: 'ipvs' },
  };
  await tellPassedSockets(sockets, { services: async () => [status as never] }, log);
  t.match(
    log.lines.join('\n'),
    /^.*Nobody listens on \[2001:db8::1\]:80.*\(descriptors 3, 4\): tcp:.* is carried by ipvs/,
  );
});
