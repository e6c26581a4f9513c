import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { peerOf, peerPid } from '../../lib/control/peer.ts';
import { lab } from '../support/lab.ts';
import { ME } from '../support/me.ts';
import { socketPath } from '../support/socket-path.ts';

/** The server's side of a connection that somebody makes to that path. */
async function accepted(t: Test, make: (path: string) => void): Promise<Socket> {
  const path = socketPath(t);
  const server = createServer();
  t.teardown(() => server.close());
  server.listen(path);
  await once(server, 'listening');
  const come = once(server, 'connection');
  make(path);
  const [socket]: Socket[] = await come;
  if (!socket) throw new Error('nobody came');
  t.teardown(() => socket.destroy());
  return socket;
}

function program(t: Test, command: string, ...args: readonly string[]): void {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  t.teardown(() => child.kill('SIGKILL'));
}

t.test('the user at the other end is named', lab('socat'), async (t) => {
  const socket = await accepted(t, (path) =>
    program(t, 'socat', '-', `UNIX-CONNECT:${path}`),
  );
  t.equal(await peerOf(socket), ME);
  t.equal(peerOf(socket), peerOf(socket), 'it is asked once a connection');
});

t.test('many who ask at once start two children', lab('socat'), async (t) => {
  const folder = t.testdir({ calls: '' });
  const { PATH } = process.env;
  t.teardown(() => (process.env.PATH = PATH));
  process.env.PATH = `${folder}:${PATH}`;
  writeFileSync(
    `${folder}/ss`,
    `#!/bin/sh
echo x >>${folder}/calls
while [ ! -e ${folder}/go ]; do sleep 0.01; done
PATH='${PATH}:/usr/bin:/bin:/sbin' exec ss "$@"
`,
    { mode: 0o755 },
  );
  const come = () =>
    accepted(t, (path) => program(t, 'socat', '-', `UNIX-CONNECT:${path}`));
  const sockets = [await come(), await come(), await come()];
  const late = [await come(), await come()];
  const asked = sockets.map((socket) => peerOf(socket));
  while (readFileSync(`${folder}/calls`, 'utf8') === '') await sleep(1);
  asked.push(...late.map((socket) => peerOf(socket)));
  // They ask for a child once they know their inodes.
  await sleep(100);
  writeFileSync(`${folder}/go`, '');
  t.same(await Promise.all(asked), [ME, ME, ME, ME, ME]);
  const calls = readFileSync(`${folder}/calls`, 'utf8').length / 'x\n'.length;
  t.equal(calls, 2, 'one for those who were there, one for those who came later');
});

t.test('another user is told from root', lab('root', 'socat'), async (t) => {
  const socket = await accepted(t, (path) => {
    const open = `chmod 755 ${path.replace(/\/[^/]*$/, '')}; chmod 666 ${path}; `;
    const other = 'exec setpriv --reuid 65534 --clear-groups socat - ';
    program(t, 'sh', '-c', `${open}${other}UNIX-CONNECT:${path}`);
  });
  t.equal(await peerOf(socket), 'uid 65534 (nobody)');
});

t.test('one who has gone is unknown', async (t) => {
  const socket = await accepted(t, (path) =>
    program(t, 'sh', '-c', `socat -u OPEN:/dev/null UNIX-CONNECT:${path}`),
  );
  socket.resume();
  await once(socket, 'end');
  socket.destroy();
  t.equal(await peerOf(socket), 'unknown');
});

t.test('the list of sockets is read to the letter', async (t) => {
  const list = [
    'u_str ESTAB 0 0 /run/x.sock 71 * 70 users:(("node",pid=5,fd=9))',
    'u_str ESTAB 0 0 * 70 * 71 users:(("so cat",pid=1,fd=5),("sh",pid=4711,fd=1))',
    'u_str ESTAB 0 0 /run/named 80 * 81 users:(("a",pid=12,fd=5))',
    'u_dgr UNCONN 0 0 * 90 * 0 ',
    'u_str ESTAB 0 0 * 100 * 101 users:(("",pid=1,",pid=77,fd=5))   ',
    'u_str ESTAB 0 0 * 110 * 111 users:(("",pid=1,fd=3))",pid=78,fd=5))',
    'u_str LISTEN 0 0 @x',
    'u_str ESTAB 0 0 * 5 * 121 users:(("init",pid=1,fd=5))',
    'u_str ESTAB 0 0 * 120 * 121 users:(("a",pid=79,fd=5))',
  ].join('\n');
  const cases = {
    ...{ '71': '4711', '81': '12', '7': undefined, '0': undefined },
    // Who names a program or a socket so that the line is another's, is himself or nobody.
    ...{ '101': '77', '111': '78', '121': undefined },
  };
  for (const [inode, pid] of Object.entries(cases))
    t.equal(peerPid(list, inode), pid, inode);
});
