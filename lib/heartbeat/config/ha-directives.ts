import { isIP } from 'node:net';
import type { HaDraft } from './ha-config.ts';
import { boolean, oneOf, time, type Value, whole } from './ha-values.ts';

/** Tells of what is wrong with a line. */
export interface Notes {
  error(message: string): void;
  warn(message: string): void;
}

interface ByWord {
  /** Called for each word behind the directive: `node lb1 lb2`. */
  word(draft: HaDraft, word: string, notes: Notes): void;
}

interface ByLine {
  /** Called with all words of the line. */
  words(draft: HaDraft, words: readonly string[], notes: Notes, line: number): void;
}

export type HaDirective = (ByWord | ByLine) & {
  /** What follows it. */
  readonly syntax: string;
};

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

/** Known to Heartbeat, and without a meaning here; each with the reason. */
function unused(why: string): HaDirective {
  return { syntax: '...', words: (_draft, _words, notes) => notes.warn(why) };
}

const noApi = unused(
  'there is no API socket of Heartbeat here, so nothing asks for this',
);
const noPlugins = unused('is not done here: nobody is fenced');
const always = unused('has no meaning here');

const port = whole(1, 65_535);

const bcast: HaDirective = {
  syntax: 'DEVICE ...',
  word(draft, device) {
    draft.media.push({ kind: 'bcast', device, port: draft.udpport });
  },
};

const udpport: HaDirective = {
  syntax: 'PORT',
  word(draft, word, notes) {
    const result = port(word);
    if (!('value' in result)) {
      notes.error(`"${word}": expected ${result.expected}`);
      return;
    }
    const earlier = draft.media.some((medium) => medium.kind !== 'mcast');
    if (earlier && result.value !== draft.udpport)
      notes.warn(
        'udpport counts for the media of later lines only: move it above bcast and ucast',
      );
    draft.udpport = result.value;
  },
};

const ucast: HaDirective = {
  syntax: 'DEVICE PEER',
  words(draft, [device = '', peer = '', ...rest], notes) {
    if (peer === '' || rest.length > 0 || isIP(peer) === 0)
      notes.error(
        'expected a device and the address of the other node: ucast eth0 10.1.1.22',
      );
    else draft.media.push({ kind: 'ucast', device, peer, port: draft.udpport });
  },
};

const mcast: HaDirective = {
  syntax: 'DEVICE GROUP PORT TTL LOOP',
  words(draft, [device = '', group = '', ...numbers], notes) {
    const [where, ttl, loop] = [port, whole(0, 255), whole(0, 1)].map((read, n) =>
      read(numbers[n] ?? ''),
    );
    const isGroup = isIP(group) === 4 && /^2(2[4-9]|3\d)\./.test(group);
    const good =
      where && 'value' in where && ttl && 'value' in ttl && loop && 'value' in loop;
    if (!isGroup || !good || numbers.length > 3) {
      notes.error(
        'expected a device, a group, a port, a TTL and 0 or 1: mcast eth0 239.0.0.1 694 1 0',
      );
      return;
    }
    draft.media.push({
      kind: 'mcast',
      device,
      group,
      port: where.value,
      ttl: ttl.value,
      loop: loop.value === 1,
    });
  },
};

const node: HaDirective = {
  syntax: 'NAME ...',
  word(draft, word, notes) {
    const name = word.toLowerCase();
    if (draft.nodes.includes(name)) notes.error(`node "${word}" is there already`);
    else draft.nodes.push(name);
  },
};

const ping: HaDirective = {
  syntax: 'HOST ...',
  word(draft, host, notes) {
    if (draft.pings.some(({ name }) => name === host))
      notes.error(`"${host}" is there already`);
    else draft.pings.push({ name: host, hosts: [host] });
  },
};

const pingGroup: HaDirective = {
  syntax: 'NAME HOST ...',
  words(draft, [name = '', ...hosts], notes) {
    if (hosts.length === 0)
      notes.error('expected a name and hosts: ping_group routers 10.1.1.1 10.1.1.2');
    else draft.pings.push({ name, hosts });
  },
};

const respawn: HaDirective = {
  syntax: 'USER COMMAND [ARGUMENT ...]',
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
  logfile: set('logfile', 'FILE', text),
  debugfile: set('debugfile', 'FILE', text),
  logfacility: set('logfacility', 'FACILITY | none', text),
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
      'realtime',
      'record_config_changes',
      'record_pengine_inputs',
      'rtprio',
      'syslogmsgfmt',
      'traditional_compression',
      'use_apphbd',
      'use_logd',
    ].map((name) => [name, always]),
  ),
};
