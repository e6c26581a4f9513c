import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { server } from '../lab/daemon.ts';
import { now } from '../lab/traffic.ts';
import type { Stage } from './stage.ts';
import { alternates, servedBy, start } from './steps.ts';
import type { Scenario } from './suite.ts';

const SOON = 15_000;

const CONFIG = `
checkinterval=1
checktimeout=3
logfile="/var/log/ldirectord.log"
quiescent=no
virtual=10.1.1.19:80
    service=http
    receive="Test Page"
    scheduler=rr
`;
const INI = `
[dns]
servers = 127.0.0.1:5353
hold = no
[service tcp:10.1.1.19:80]
reals-from = www.lab.test:80 masq
`;

/** A name server that answers each question with the addresses that its file holds then, for a second. */
const PROGRAM = `
const { decode, encode } = require('dns-packet');
const [file] = process.argv.slice(1);
const socket = require('node:dgram').createSocket('udp4');
socket.on('message', (bytes, { port, address }) => {
  const { id, questions } = decode(bytes);
  const all = require('node:fs').readFileSync(file, 'utf8').trim().split('\\n');
  const answers = all.map((data) => ({ ...questions[0], ttl: 1, data }));
  socket.send(encode({ type: 'response', id, questions, answers }), port, address);
});
socket.bind(5353, '127.0.0.1', () => console.log('listening'));
`;

async function nameServer({ director }: Stage) {
  const file = join(director.folder, 'addresses');
  const says = async (...addresses: readonly string[]) => {
    await writeFile(`${file}.new`, addresses.join('\n'));
    await rename(`${file}.new`, file);
  };
  await says('10.1.1.21');
  const words = ['-e', PROGRAM, file];
  const child = director.spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout) await once(child.stdout, 'data');
  return { says, dies: () => child.kill('SIGKILL') };
}

/** Waits until one server has all: the engine has its table a moment after the status knows. Servers take
 *  turns, so two in a row say so. */
async function hasAll({ client, url }: Stage, name: string): Promise<void> {
  const deadline = now() + SOON;
  const two = async () => (await client.do('visits', url, 2)).map(servedBy);
  while (String(await two()) !== `${name},${name}` && now() < deadline) await sleep(50);
}

async function onlyFrom({ client, url }: Stage, t: Test, name: string): Promise<void> {
  const visits = await client.do('visits', url, 40);
  const others = visits.filter((visit) => servedBy(visit) !== name);
  t.equal(others.length, 0, `all of 40 connections are served by ${name}`);
}

/** Servers by name. */
export const names: readonly Scenario[] = [
  {
    name: 'servers come and go with their records, and stay without a name server',
    config: CONFIG,
    ini: INI,
    async play(stage, t) {
      const { daemon, web } = stage;
      const dns = await nameServer(stage);
      await start(stage, t);
      await daemon.until((service) => server(service, web.web1.id).weight === 1, SOON);
      await onlyFrom(stage, t, 'web1');

      await dns.says('10.1.1.22', '10.1.1.21');
      await daemon.until(
        ({ reals }) => reals.length === 2 && reals.every(({ weight }) => weight === 1),
        SOON,
      );
      await alternates(stage, t, ['web1', 'web2']);

      await dns.says('10.1.1.22');
      await daemon.until(({ reals }) => reals.length === 1, SOON);
      await hasAll(stage, 'web2');
      await onlyFrom(stage, t, 'web2');

      dns.dies();
      t.match(await daemon.command('restart'), { code: 0 });
      await daemon.until((service) => server(service, web.web2.id).weight === 1, SOON);
      await onlyFrom(stage, t, 'web2');
    },
  },
];
