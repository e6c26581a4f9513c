import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { readConfiguration } from '../../../lib/heartbeat/local/configuration.ts';
import { filesOf } from '../../../lib/heartbeat/local/files.ts';
import { type NodeLog, openLog } from '../../../lib/heartbeat/local/log.ts';
import { Programs } from '../../../lib/heartbeat/local/programs.ts';
import { Daemon } from '../../../lib/heartbeat/process/daemon.ts';
import { askStatus } from '../../../lib/heartbeat/process/status-socket.ts';
import { Resources } from '../../../lib/heartbeat/resources/resources.ts';

const HA_CF = `udpport 46940
bcast lo
keepalive 100ms
deadtime 500ms
initdead 500ms
auto_failback on
realtime off
node lb1 lb2
logfile FOLDER/ha-log
`;

async function daemonIn(folder: string) {
  const files = filesOf({ haDir: folder, stateDir: folder, runDir: folder });
  const { configuration, findings } = await readConfiguration(files, 'lb1');
  if (!configuration) throw new Error(JSON.stringify(findings));
  const opened = openLog(configuration.config, 'lb1');
  /** At once: a program of its own writes the file. */
  const said: string[] = [];
  const log: NodeLog = {
    ...opened,
    write(level, text) {
      said.push(`${level}: ${text}`);
      opened.write(level, text);
    },
  };
  const resources = new Resources({ groups: configuration.groups, self: 'lb1', log });
  const programs = new Programs();
  const options = { files, stateDir: folder, name: 'lb1', configuration, programs };
  return { files, said, daemon: new Daemon({ ...options, resources, log }) };
}

/** With a short name, for the socket. */
function folderWith(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'l4-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'ha.cf'), HA_CF.replace('FOLDER', folder));
  writeFileSync(join(folder, 'haresources'), '');
  keys(folder, 'auth 1\n1 sha1 FIRST\n');
  return folder;
}

function keys(folder: string, text: string): void {
  writeFileSync(join(folder, 'authkeys'), text);
  chmodSync(join(folder, 'authkeys'), 0o600);
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 400 && !(await what()); n++) await sleep(25);
}

t.test('a daemon runs, is asked, reads keys again, and ends in order', async (t) => {
  const folder = folderWith(t);
  const { files, said, daemon } = await daemonIn(folder);
  const file = join(folder, 'ha-log');
  const log = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const played = daemon.play();
  await until(async () => (await askStatus(files.status))?.status === 'active');
  const view = await askStatus(files.status);
  t.match(view, { node: 'lb1', pid: process.pid, members: [{ status: 'dead' }] });
  t.equal(Number(readFileSync(files.pid, 'utf8')), process.pid);
  await until(() => log().includes('Starting heartbeat'));
  t.match(log(), /: info: Configuration validated. Starting heartbeat/);

  const second = await daemonIn(folder);
  await t.rejects(second.daemon.play(), /another l4heartbeat runs already/);

  keys(folder, 'auth 7\n');
  await daemon.reload();
  await until(() => said.join('\n').includes('the keys of before stay in force'));
  t.match(said.join('\n'), /authkeys:1: error: there is no key 7/);
  keys(folder, 'auth 2\n1 sha1 FIRST\n2 sha1 SECOND\n');
  const later = new Date(Date.now() + 5000);
  utimesSync(files.haCf, later, later);
  await daemon.reload();
  await until(() => said.join('\n').includes('ha.cf has changed: it counts when'));
  t.match(said.join('\n'), /authkeys was read again/);

  daemon.shutDown();
  await played;
  t.match(said.join('\n'), /Heartbeat shutdown complete/);
  t.equal(await askStatus(files.status), undefined);
  t.notOk(existsSync(files.pid));
  const generation = Number(readFileSync(files.generation, 'utf8'));
  t.equal(generation, view?.generation);
});

t.test('one that is to end before it has begun does', async (t) => {
  const { files, daemon } = await daemonIn(folderWith(t));
  const played = daemon.play();
  daemon.shutDown();
  await played;
  t.notOk(existsSync(files.pid));
});
