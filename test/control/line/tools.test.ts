import { execFile, spawn } from 'node:child_process';
import { connect as dial } from 'node:net';
import { promisify } from 'node:util';
import t from 'tap';
import { balancedSite } from '../../support/balanced-site.ts';
import { raw } from '../../support/control.ts';
import { lab } from '../../support/lab.ts';
import { ME } from '../../support/me.ts';
import { until } from '../../support/site.ts';
import { triedPort } from '../../support/tried-port.ts';

// Programs made for HAProxy, unchanged, on the socket of a real director.

const run = promisify(execFile);

t.test('socat asks and changes', lab('socat'), async (t) => {
  const { site, socket, service, one, two, column } = await balancedSite(t);
  const say = async (line: string) => {
    const script = 'printf "%s\\n" "$1" | socat -t 5 - "UNIX-CONNECT:$2"';
    const { stdout } = await run('sh', ['-c', script, 'sh', line, socket]);
    return stdout;
  };
  t.equal(await say(`get weight ${service}/${one}`), '2 (initial 2)\n\n');
  t.equal(
    await say(`set weight ${service}/${one} 7;get weight ${service}/${one}`),
    '\n7 (initial 2)\n\n',
  );
  await site.logged(/weight of real server: .* 2 -> 7/);
  await site.logged(`Changed by ${ME}: weight of real server: ${one}`);
  t.equal(await column('weight'), '7');
  for (const [state, word] of [
    ['drain', 'DRAIN'],
    ['maint', 'MAINT'],
    ['ready', 'UP'],
  ]) {
    t.equal(await say(`set server ${service}/${one} state ${state}`), '\n');
    t.equal(await column('status'), word);
  }
  t.equal(await say(`set weight ${service}/${one} 100%`), '\n');
  t.match(await say('reload'), /^Success=1\n--\n/);
  t.match(await say('show plan'), /^Success=1\n--\n\n$/);
  t.match(await say('show events'), `${service} ${one} drain -> maintenance weight 0`);
  t.match(await say(`show check ${service}/${two}`), / up connect \d+ms /);
  t.match(await say('show info'), /^Name: l4director\nVersion: 2\.6\.0\n/);
  t.equal(await column('chkdown'), '1', 'it went down once, into maintenance');
});

t.test('connections are seen, and ended', async (t) => {
  const { socket, port, service, one, two } = await balancedSite(t);
  const client = dial(port, '127.0.0.1');
  t.teardown(() => client.destroy());
  client.on('error', () => {});
  await until(async () => /state=open/.test(await raw(socket, 'show sess\n')), 'it');
  const [, id = '', server = ''] =
    /^(\S+): proto=tcpv4 src=127\S+ fe=\S+ be=\S+ srv=(\S+) /m.exec(
      await raw(socket, 'show sess\n'),
    ) ?? [];
  t.ok([one, two].includes(server), server);
  t.match(await raw(socket, `show sess ${id}\n`), new RegExp(`^${id}: `));
  const closed = new Promise((resolve) => client.on('close', resolve));
  t.equal(await raw(socket, `shutdown session ${id}\n`), '\n');
  await closed;
  t.equal(await raw(socket, 'show sess\n'), '\n');
  t.equal(await raw(socket, `shutdown sessions server ${service}/${server}\n`), '\n');
  t.equal(
    await raw(socket, `shutdown session ${id}\n`),
    "No such session (use 'show sess').\n\n",
  );
  t.match(
    await raw(socket, `drain ${service}/${one} 5\n`),
    /^Empty after \d+ s: 0 connections/,
  );
});

const exporter = lab('prometheus-haproxy-exporter');
t.test('prometheus-haproxy-exporter has the right figures', exporter, async (t) => {
  const { socket, service, one, two, column } = await balancedSite(t);
  const address = `127.0.0.1:${await triedPort()}`;
  const child = spawn(
    '/usr/bin/prometheus-haproxy-exporter',
    [`--haproxy.scrape-uri=unix:${socket}`, `--web.listen-address=${address}`],
    { stdio: 'ignore' },
  );
  t.teardown(() => child.kill('SIGKILL'));
  const scrape = async () => {
    const answer = await fetch(`http://${address}/metrics`).catch(() => undefined);
    return (await answer?.text()) ?? '';
  };
  await until(async () => /^haproxy_up 1$/m.test(await scrape()), 'a scrape');
  const text = await scrape();
  const value = (name: string, labels: string) =>
    new RegExp(`^haproxy_${name}\\{${labels}\\} (\\S+)$`, 'm').exec(text)?.[1];
  const backend = `backend="${service}"`;
  t.match(text, /^haproxy_exporter_csv_parse_failures_total 0$/m);
  for (const server of [one, two]) {
    const labels = `${backend},server="${server}"`;
    t.equal(value('server_up', labels), '1');
    t.equal(value('server_weight', labels), '2');
    t.equal(value('server_sessions_total', labels), '6');
    const bytes = Number(value('server_bytes_out_total', labels));
    t.equal(String(bytes), await column('bout', server));
    t.ok(bytes > 400, `${bytes} bytes`);
  }
  t.equal(value('backend_up', backend), '1');
  t.equal(value('backend_sessions_total', backend), '12');
  t.equal(value('backend_current_server', backend), '2');
  t.equal(value('frontend_connections_total', `frontend="${service}"`), '12');
});
