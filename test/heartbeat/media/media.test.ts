import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Medium } from '../../../lib/heartbeat/config/ha-config.ts';
import type { Devices } from '../../../lib/heartbeat/media/devices.ts';
import { Media } from '../../../lib/heartbeat/media/media.ts';

const LO = 'lo';
const GROUP = '239.255.77.1';

interface Ear {
  readonly media: Media;
  readonly heard: { text: string; link: string }[];
  readonly log: string[];
}

function listen(t: Test, media: readonly Medium[], look?: () => Devices): Ear {
  const heard: Ear['heard'] = [];
  const log: string[] = [];
  const opened = new Media(
    media,
    {
      hear: (datagram, link) => heard.push({ text: datagram.toString(), link }),
      log: (level, text) => log.push(`${level}: ${text}`),
    },
    look,
  );
  t.teardown(() => opened.close());
  return { media: opened, heard, log };
}

/** One that nobody uses. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

async function until(what: () => boolean): Promise<void> {
  for (let n = 0; n < 400 && !what(); n++) await sleep(25);
}

/** Says it until everybody has heard it: sockets take a moment to open. */
async function say({ media }: Ear, text: string, ...ears: Ear[]): Promise<void> {
  for (let n = 0; n < 100; n++) {
    media.send(Buffer.from(text));
    await sleep(25);
    if (ears.every(({ heard }) => heard.some((one) => one.text === text))) return;
  }
}

t.test(
  'bcast: everybody on the network hears, with the device it came by',
  async (t) => {
    const port = await freePort();
    const medium: Medium = { kind: 'bcast', device: LO, port };
    const [one, other] = [listen(t, [medium]), listen(t, [medium])];
    await say(one, 'hello', other);
    t.match(other.heard[0], { text: 'hello', link: LO });
  },
);

for (const [family, peer] of [
  ['IPv4', '127.0.0.1'],
  ['IPv6', '::1'],
] as const)
  t.test(`ucast over ${family}: the peer hears`, async (t) => {
    const [here, there] = [await freePort(), await freePort()];
    const one = listen(t, [{ kind: 'ucast', device: LO, peer, port: there }]);
    const other = listen(t, [{ kind: 'ucast', device: LO, peer, port: there }]);
    await say(one, 'to you', other);
    t.match(other.heard[0], { text: 'to you', link: LO });
    t.not(here, there);
  });

t.test('mcast: the group hears, and nothing else is heard', async (t) => {
  const port = await freePort();
  const medium: Medium = {
    kind: 'mcast',
    device: LO,
    group: GROUP,
    port,
    ttl: 1,
    loop: true,
  };
  const [one, other] = [listen(t, [medium]), listen(t, [medium])];
  await say(one, 'to all', other);
  t.match(other.heard[0], { text: 'to all', link: LO });
  const stranger = createSocket('udp4');
  t.teardown(() => stranger.close());
  await new Promise((resolve) =>
    stranger.send('not the group', port, '127.0.0.1', resolve),
  );
  await say(one, 'later', other);
  t.notOk(other.heard.some(({ text }) => text === 'not the group'));
});

t.test('all media are used, and one that fails does not keep the others', async (t) => {
  const port = await freePort();
  const [there] = [await freePort()];
  const one = listen(t, [
    { kind: 'bcast', device: 'no-such-device', port: there },
    { kind: 'ucast', device: LO, peer: '127.0.0.1', port },
  ]);
  const other = listen(t, [{ kind: 'bcast', device: LO, port }]);
  await say(one, 'anyhow', other);
  t.ok(other.heard.length > 0);
  await until(() => one.log.length > 0);
  t.same(one.log, [
    'error: bcast no-such-device: nothing goes out: no-such-device has no IPv4 address with a network',
  ]);
});

t.test('a device that comes later is used, and both are told once', async (t) => {
  const port = await freePort();
  let devices: Devices = {};
  const one = listen(t, [{ kind: 'bcast', device: 'late0', port }], () => devices);
  for (let n = 0; n < 3; n++) one.media.send(Buffer.from('lost'));
  t.equal(one.log.length, 1);
  devices = {
    late0: [{ family: 'IPv4', address: '127.0.0.1', netmask: '255.0.0.0' }],
  } as never;
  const other = listen(t, [{ kind: 'bcast', device: LO, port }]);
  await say(one, 'found', other);
  t.equal(one.log[1], 'info: bcast late0: goes out again');
});

t.test('a port that somebody else has is opened as soon as it is free', async (t) => {
  const squatter = createSocket('udp4').bind(0, '0.0.0.0');
  await once(squatter, 'listening');
  const { port } = squatter.address();
  const one = listen(t, [{ kind: 'bcast', device: LO, port }]);
  await until(() => one.log.length > 0);
  t.match(one.log[0], new RegExp(`error: UDP port ${port}: .*EADDRINUSE`));
  squatter.close();
  await until(() => one.log.some((line) => line.includes('open again')));
  await say(one, 'at last', one);
  t.ok(one.heard.length > 0);
});
