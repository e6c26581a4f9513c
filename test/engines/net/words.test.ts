import { once } from 'node:events';
import { createServer } from 'node:net';
import t from 'tap';
import { Notices } from '../../../lib/engines/net/crew/notices.ts';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { portHolder } from '../../../lib/engines/net/listening/port-holder.ts';
import { listenProblem } from '../../../lib/engines/net/listening/problem.ts';
import { refusal } from '../../../lib/engines/net/refusal.ts';
import { aService } from '../../support/config.ts';
import { rigFor } from '../../support/engine-rig.ts';

t.test('what cannot be carried is refused in one line with the mend', async (t) => {
  const cases = [
    [{ protocol: 'fwm', fwmark: 5, address: undefined }, /firewall mark 5 .*virtual=/],
    [{ protocol: 'udp', port: 0 }, /port 0 .*name the ports/],
    [{ port: 0 }, /port 0 .*name the ports/],
    [{ scheduler: 'wlcc' }, /unknown scheduler "wlcc"; did you mean "wlc"\?/],
    [{ scheduler: 'toString' }, /unknown scheduler "toString"; expected one of rr /],
  ] as const;
  for (const [fields, words] of cases) {
    const problem = refusal(aService(fields));
    t.match(problem, words);
    t.notMatch(problem, '\n');
  }
  t.equal(refusal(aService()), undefined);
});

t.test('a refused service fails, and the others run on', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const server = await rig.server((socket) => socket.end('a'));
  const good = await rig.service();
  const bad = aService({ protocol: 'fwm', fwmark: 5, address: undefined });
  const servers = [server.entry()];
  const outcomes = await rig.engine.apply([
    { service: bad, servers },
    { service: good, servers },
  ]);
  t.match(outcomes, [
    { id: bad.id, state: 'failed', problem: 'firewall mark 5' },
    { id: good.id, state: 'carried' },
  ]);
  t.equal(await rig.ask(good), 'a');
});

t.test('the holder of a port is found on any address, IPv4 or IPv6', async (t) => {
  for (const host of ['127.0.0.1', '0.0.0.0', '::', '::1']) {
    const server = createServer().listen({ host, port: 0 });
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const address = host === '::1' ? '::1' : '127.0.0.1';
    const holder = await portHolder({ address, port }, '/proc');
    t.match(holder, { pid: process.pid, name: String }, host);
    t.equal(holder?.address, ['::', '0.0.0.0'].includes(host) ? '*' : host);
    const every = { address: host === '::1' ? '::' : '0.0.0.0', port };
    t.match(await portHolder(every, '/proc'), holder, 'also where all are wanted');
    server.close();
    await once(server, 'close');
    t.equal(await portHolder({ address, port }, '/proc'), undefined, 'and free again');
  }
});

t.test('every failure to listen comes with its mend', async (t) => {
  const protocol = 'tcp' as const;
  const place = {
    id: 'tcp:[2001:db8::1]:80',
    protocol,
    address: '2001:db8::1',
    port: 80,
  };
  const mends = {
    EADDRINUSE: /port 80 is in use; the service starts by itself/,
    EACCES: /CAP_NET_BIND_SERVICE.*ip_unprivileged_port_start/,
    EMFILE: /LimitNOFILE/,
    EINVAL: /cannot listen on \[2001:db8::1\]:80 \(EINVAL\)/,
  };
  for (const [code, words] of Object.entries(mends)) {
    const outcome = await listenProblem(place, code, t.testdir({}));
    t.match(outcome, { id: place.id, state: 'failed', problem: words });
  }
});

t.test('a socket that systemd keeps is got by another start', async (t) => {
  const proc = t.testdir({
    net: {
      tcp: '   0: 0100000A:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0\n',
    },
    1: { comm: 'systemd\n', fd: { 3: t.fixture('symlink', 'socket:[4711]') } },
  });
  const place = { id: 'a', protocol: 'tcp', address: '10.0.0.1', port: 80 } as const;
  const { problem } = await listenProblem(place, 'EADDRINUSE', proc);
  t.match(
    problem,
    /held by systemd \(pid 1\) .* start the director by "systemctl restart"/,
  );
});

t.test('capture is named as a mend where it would be one', async (t) => {
  const server = createServer().listen({ host: '0.0.0.0', port: 0 });
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const place = { id: 'a', protocol: 'tcp', address: '127.0.0.1', port } as const;
  const problemOf = async (mayBeCaptured: boolean) => {
    const where = { ...place, mayBeCaptured };
    return (await listenProblem(where, 'EADDRINUSE', '/proc')).problem;
  };
  t.match(await problemOf(true), /Apache does .*, or set capture = yes/);
  t.notMatch(await problemOf(false), 'capture', 'as of a fallback of nftables');
});

t.test('a notice of a kind is said once a minute', async (t) => {
  const clock = { now: 0 };
  const notices = new Notices(() => clock.now);
  t.match(notices.line('full', 'tcp:10.0.0.1:80'), 'tcp:10.0.0.1:80');
  clock.now = 59_999;
  t.equal(notices.line('full', 'tcp:10.0.0.1:80'), undefined);
  t.match(notices.line('source-ports', 'a to b'), 'a to b', 'another kind is');
  clock.now = 60_000;
  t.match(notices.line('full', 'tcp:10.0.0.1:80'), 'LimitNOFILE');
});
