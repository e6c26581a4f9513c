import { openSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { now } from '../lab/traffic.ts';
import {
  comes,
  directors,
  each,
  type Member,
  outage,
  VIP,
} from '../support/director-pair.ts';
import { lab } from '../support/lab.ts';

/** Of VRRP with adverts a second apart: three of them and the skew are missed, or two checks fail; the rest is
 *  for a busy machine. */
const MOST_MS = 20_000;

/** keepalived as the example has it; without the security of scripts, whose folders are the test's. */
function keepalived(member: Member, priority: number): void {
  const { host, program } = member;
  const own = {
    '/usr/sbin/l4director': `${program} ldirectord.cf`,
    '/run/l4director.ldirectord.sock': join(
      host.folder,
      'run/l4director.ldirectord.cf.sock',
    ),
    '/run/l4director.role-wish': join(host.folder, 'role-wish'),
  };
  const notify = member.example('keepalived/l4director-notify', own);
  const file = member.example('keepalived/keepalived.conf', {
    ...own,
    '    enable_script_security\n': '',
    '/etc/keepalived/l4director-notify': notify,
    'priority 100': `priority ${priority}`,
  });
  const log = openSync(join(host.folder, 'keepalived.log'), 'w');
  const files = ['-p', 'keepalived.pid', '-r', 'vrrp.pid'];
  host.spawn('keepalived', ['-n', '-l', '-D', '-P', '-f', file, ...files], {
    cwd: host.folder,
    stdio: ['ignore', log, log],
  });
}

t.test(
  'keepalived moves the address away from a director that is not ready, killed or cut off',
  lab('root', 'namespaces', 'keepalived', 'curl'),
  async (t) => {
    await using stage = await directors({
      prepare: async (host) => {
        await host.run('sysctl', '-qw', 'net.ipv4.ip_nonlocal_bind=1');
      },
    });
    const { members, client } = stage;
    const [one, two] = members;
    if (!one || !two) throw new Error('two directors were wished');
    t.equal((await two.daemon.service()).state, 'up', 'it listens before the address');
    keepalived(one, 100);
    keepalived(two, 90);
    const at = async (here: Member) => {
      const there = here === one ? two : one;
      await comes(
        async () => (await here.hasAddress()) && !(await there.hasAddress()),
        `the address on ${here.host.name}`,
      );
      await comes(async () => (await here.role()) === 'active', 'the role');
    };
    await at(one);
    await comes(async () => (await two.role()) === 'standby', 'the role of the other');
    const url = `http://${VIP}/bytes/10`;
    const load = client.do('load', url, 10);
    const marks: (readonly [what: string, from: number, to: number])[] = [];
    const act = async (what: string, how: () => Promise<unknown>, then: Member) => {
      const from = now();
      await how();
      await at(then);
      marks.push([what, from, now()]);
    };
    await act('not ready', () => each(one, 'disable'), two);
    await act('ready again', () => each(one, 'enable'), one);
    await act(
      'kill -9 of the director',
      async () => process.kill(await one.daemon.pid(), 'SIGKILL'),
      two,
    );
    await act('started again', () => one.daemon.command('start'), one);
    const from = now();
    await one.host.cut();
    await comes(() => two.hasAddress(), 'the address on lb2');
    marks.push(['cut off', from, now() + 1_000]);
    await comes(async () => now() > from + 5_000, 'some more visits');
    await client.do('endLoad', url);
    const visits = await load;
    for (const [what, from, to] of marks) {
      const ms = Math.round(outage(visits, from, to));
      t.comment(`${what}: nobody served for ${ms} ms`);
      t.ok(ms < MOST_MS, `${what}: ${ms} ms`);
    }
  },
);
