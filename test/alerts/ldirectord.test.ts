import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type SmtpSink, startSmtpSink } from '../lab/servers/smtp-sink.ts';
import { IpvsTable } from '../support/ipvs-table.ts';
import { lab } from '../support/lab.ts';
import { RealLdirectord } from '../support/real-ldirectord.ts';
import type { ReceivedMail } from '../support/received-mail.ts';
import { Site, until } from '../support/site.ts';
import { aFreePlace, aWebServer } from '../support/web-server.ts';

/** One that is up, and one at which nobody listens. */
interface Scene {
  readonly web: Awaited<ReturnType<typeof aWebServer>>;
  readonly config: string;
}

/** A director, theirs or ours, with the config of the scene. */
interface Player {
  start(): Promise<unknown>;
  stop(): Promise<unknown>;
  readonly monitor: string;
  readonly sink: SmtpSink;
}

async function aScene(t: Test, words: string): Promise<Scene> {
  const web = await aWebServer(t, 'Test Page');
  const { address, port } = await aFreePlace();
  const section = [
    `real=${web.place} masq 5`,
    'real=127.0.0.1:1 masq',
    'fallback=127.0.0.1:2 masq',
    'service=http',
    'request="index.html"',
    'receive="Test\\s+(Page)|\\d%"',
    'virtualhost=www.example.com',
    'servicename=the shop',
    'comment=call Anna at night',
    'emailalert="ops@example.com"',
    'emailalertfreq=1',
    'smtp=SINK',
    'monitorfile="MONITOR"',
  ];
  const config = `checkinterval=1
checktimeout=3
logfile="LOG"
${words}
virtual=${address}:${port}
${section.map((line) => `        ${line}\n`).join('')}`;
  return { web, config };
}

async function theirs(t: Test, { config }: Scene): Promise<Player> {
  const sink = await startSmtpSink(t);
  const real = new RealLdirectord(t, '');
  const monitor = join(real.folder, 'monitor');
  real.write(config.replaceAll('SINK', sink.host).replaceAll('MONITOR', monitor));
  new IpvsTable(join(real.folder, 'ipvsadm'));
  return {
    start: () => real.run(real.config, 'start'),
    async stop() {
      await real.run(real.config, 'stop');
      await real.settled(false);
    },
    monitor,
    sink,
  };
}

async function ours(t: Test, { config }: Scene): Promise<Player> {
  const sink = await startSmtpSink(t);
  const site = new Site(t, '');
  const monitor = join(site.folder, 'monitor');
  site.write(config.replaceAll('SINK', sink.host).replaceAll('MONITOR', monitor));
  return {
    start: () => site.run('start'),
    stop: () => site.run('stop'),
    monitor,
    sink,
  };
}

/** The server loses its words and finds them again; then the director ends. */
async function play({ web }: Scene, player: Player) {
  const { sink, monitor } = player;
  let seen = 0;
  const news = (pattern: RegExp) =>
    until(
      () =>
        sink
          .mails()
          .slice(seen)
          .some((mail) => pattern.test(subjectOf(mail))),
      `a mail ${pattern}`,
    );
  web.page = 'Test Page';
  await player.start();
  await news(/Inaccessible real server: 127\.0\.0\.1:1 /);
  seen = sink.mails().length;
  const place = web.place.replaceAll('.', '\\.');
  web.page = 'so|rry 100 %';
  await news(new RegExp(`(Deleted|Quiescent) real server: ${place} `));
  await news(/Added fallback server/);
  await news(new RegExp(`Inaccessible real server: ${place} `));
  seen = sink.mails().length;
  web.page = 'Test  Page';
  await news(new RegExp(`(Added|Restored) real server: ${place} `));
  await news(/Deleted fallback server/);
  await player.stop();
  await news(/Purged real server \(stop\)/);
  const lines = existsSync(monitor) ? readFileSync(monitor, 'utf8') : '';
  return { mails: sink.mails(), lines: lines.split('\n').filter(Boolean) };
}

function subjectOf({ headers }: ReceivedMail): string {
  return headers.get('subject') ?? '';
}

/** What must be the same: a start is not, since ldirectord takes every server down first. */
function essence(mails: readonly ReceivedMail[]): readonly string[] {
  const told = mails.map(({ from, to, headers, body }) =>
    [
      `<${from}> -> <${to}>`,
      ...['from', 'to', 'subject'].map((name) => `${name}: ${headers.get(name)}`),
      // Ours alone says what the check found.
      body.replace(/^Check: .*\n/m, ''),
    ].join('\n'),
  );
  return [...new Set(told)]
    .filter((mail) => !mail.includes('Daemon-Status: starting'))
    .sort();
}

/** The lines without date and pid; what is found is in other words but for a status. */
function kinds(lines: readonly string[]): readonly string[] {
  const bare = lines.map((line) =>
    line
      .replace(/^\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\] \[\d+\] /, '')
      .replace(/\[down\] .*$/, '[down]'),
  );
  return [...new Set(bare)].sort();
}

t.jobs = 2;
for (const words of ['quiescent=yes\nreaddquiescent=yes', 'quiescent=no'])
  t.test(
    `mails and monitor lines are ldirectord's, ${words.replace('\n', ', ')}`,
    { ...lab('ldirectord', 'perl', 'smtp-sink', 'root'), buffered: true },
    async (t) => {
      const scene = await aScene(t, words);
      const real = await play(scene, await theirs(t, scene));
      const own = await play(scene, await ours(t, scene));
      t.ok(essence(real.mails).length >= 7, `${essence(real.mails).length} mails`);
      t.strictSame(essence(own.mails), essence(real.mails));
      t.strictSame(kinds(own.lines), kinds(real.lines));
      t.equal(kinds(real.lines).length, 3, 'up, down, and the other down');
    },
  );
