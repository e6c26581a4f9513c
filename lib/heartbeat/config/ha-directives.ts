import { FACILITIES, facilityNamed } from '../../model/syslog.ts';
import type { HaDraft } from './ha-config.ts';
import type { HaDirective } from './ha-directive.ts';
import { bcast, mcast, ucast, udpport } from './ha-media.ts';
import { boolean, oneOf, time, type Value, whole } from './ha-values.ts';

function set<Key extends keyof HaDraft>(
  key: Key,
  syntax: string,
  read: (word: string) => Value<NonNullable<HaDraft[Key]>>,
): HaDirective {
  return {
    syntax,
    word(draft, word, notes) {
      const result = read(word);
      if ('value' in result) draft[key] = result.value;
      else notes.error(`"${word}": expected ${result.expected}`);
    },
  };
}

const text = (value: string): Value<string> => ({ value });

const facility = (value: string): Value<string> =>
  value === 'none' || facilityNamed(value) !== undefined
    ? { value }
    : { expected: `none, or a facility of syslog: ${FACILITIES.join(', ')}` };

/** Known to Heartbeat, and without a meaning here; each with the reason. */
function unused(why: string): HaDirective {
  return { syntax: '...', words: (_draft, _words, notes) => notes.warn(why) };
}

const noApi = unused(
  'there is no API socket of Heartbeat here, so nothing asks for this',
);
const noPlugins = unused('is not done here: nobody is fenced');
const always = unused('has no meaning here');

const node: HaDirective = {
  syntax: 'NAME ...',
  word(draft, word, notes) {
    const name = word.toLowerCase();
    if (draft.nodes.includes(name)) notes.error(`node "${word}" is there already`);
    else {
      draft.nodes.push(name);
      const pings = draft.pings.filter((ping) => !isNode(draft, ping.name));
      if (pings.length < draft.pings.length) notes.warn(pingedNode(word));
      draft.pings = pings;
    }
  },
};

function isNode({ nodes }: HaDraft, name: string): boolean {
  return nodes.includes(name.toLowerCase());
}

/** It would be there for as long as its host answers, whatever its node does. */
function pingedNode(name: string): string {
  return `"${name}" is a node, and is not pinged: name another host, such as a router, or its address`;
}

const ping: HaDirective = {
  syntax: 'HOST ...',
  word(draft, host, notes) {
    if (draft.pings.some(({ name }) => name === host))
      notes.error(`"${host}" is there already`);
    else if (isNode(draft, host)) notes.warn(pingedNode(host));
    else draft.pings.push({ name: host, hosts: [host] });
  },
};

const pingGroup: HaDirective = {
  syntax: 'NAME HOST ...',
  words(draft, [name = '', ...hosts], notes) {
    if (hosts.length === 0)
      notes.error('expected a name and hosts: ping_group routers 10.1.1.1 10.1.1.2');
    else if (isNode(draft, name)) notes.warn(pingedNode(name));
    else draft.pings.push({ name, hosts });
  },
};

const respawn: HaDirective = {
  syntax: 'USER COMMAND [ARGUMENT ...]',
  hasCommas: true,
  words(draft, [user = '', ...command], notes, line) {
    if (!command[0]?.startsWith('/'))
      notes.error(
        'expected a user and a program with its path: respawn hacluster /usr/lib/heartbeat/ipfail',
      );
    else draft.respawns.push({ user, command, line });
  },
};

const autoFailback: HaDirective = {
  syntax: 'on | off | legacy',
  word(draft, word, notes) {
    const result = boolean(word);
    if (word === 'legacy') draft.autoFailback = 'legacy';
    else if ('value' in result) draft.autoFailback = result.value ? 'on' : 'off';
    else notes.error(`"${word}": expected on, off or legacy`);
  },
};

const niceFailback: HaDirective = {
  syntax: '...',
  words: (_draft, _words, notes) =>
    notes.error('nice_failback is obsolete: use auto_failback on or off'),
};

const autojoin: HaDirective = {
  syntax: 'none',
  word(_draft, word, notes) {
    if (word !== 'none')
      notes.error(
        `"${word}": with haresources all nodes stand in ha.cf: autojoin none`,
      );
  },
};

const mcast6: HaDirective = {
  syntax: 'DEVICE GROUP PORT HOPS LOOP',
  words: (_draft, _words, notes) =>
    notes.error('is not done here: use mcast, or ucast with an IPv6 address'),
};

const crm: HaDirective = {
  syntax: 'off',
  word(_draft, word, notes) {
    const result = boolean(word);
    if (!('value' in result) || result.value)
      notes.error(
        `"${word}": resources come from haresources here, so that only off is possible; for Pacemaker there is the OCF agent`,
      );
  },
};

/** Every directive that Heartbeat 3.0.6 knows. Source: ha.cf(5), and observed. */
export const HA_DIRECTIVES: Readonly<Record<string, HaDirective>> = {
  node,
  bcast,
  udp: bcast,
  udpport,
  ucast,
  mcast,
  ping,
  ping_group: pingGroup,
  respawn,
  keepalive: set('keepaliveMs', 'TIME', time),
  deadtime: set('deadtimeMs', 'TIME', time),
  warntime: set('warntimeMs', 'TIME', time),
  initdead: set('initdeadMs', 'TIME', time),
  deadping: set('deadpingMs', 'TIME', time),
  auto_failback: autoFailback,
  nice_failback: niceFailback,
  uuidfrom: set('uuidFrom', 'file | nodename', oneOf('file', 'nodename')),
  hbgenmethod: set('generationFrom', 'file | time', oneOf('file', 'time')),
  hopfudge: set('hopfudge', 'NUMBER', whole(0, 255)),
  max_rexmit_delay: set('maxRexmitDelayMs', 'MILLISECONDS', whole(1, 60_000)),
  msgfmt: set('form', 'classic | netstring', oneOf('classic', 'netstring')),
  realtime: set('realtime', 'on | off', boolean),
  rtprio: set('rtprio', 'NUMBER', whole(1, 99)),
  logfile: set('logfile', 'FILE', text),
  debugfile: set('debugfile', 'FILE', text),
  logfacility: set('logfacility', 'FACILITY | none', facility),
  autojoin,
  crm,
  pacemaker: crm,
  serial: unused('serial lines are not used here: the other media are'),
  baud: unused('serial lines are not used here: the other media are'),
  stonith: noPlugins,
  stonith_host: noPlugins,
  failfast: unused(
    'no host is restarted here: the program is not started; respawn would',
  ),
  watchdog: unused('the device is not tickled here: systemd has a watchdog of its own'),
  apiauth: noApi,
  hbaping: unused('is not done here: use ping'),
  ping6: unused('is not done here: use ping'),
  mcast6,
  ...Object.fromEntries(
    [
      'cluster',
      'compression',
      'compression_threshold',
      'conn_logd_time',
      'coredumps',
      'coreroot',
      'crm_daemon_dir',
      'crmd_spawns_pengine',
      'debug',
      'enable_config_writes',
      'env',
      'log_badpack',
      'memreserve',
      'normalpoll',
      'quorum_server',
      'record_config_changes',
      'record_pengine_inputs',
      'syslogmsgfmt',
      'traditional_compression',
      'use_apphbd',
      'use_logd',
    ].map((name) => [name, always]),
  ),
};
