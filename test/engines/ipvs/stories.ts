import type { Moment } from './differences.ts';

/** What happens to both directors, and the table that both must come to. */
export interface Step {
  readonly name: string;
  readonly moment: Moment;
  /** The config from now on. */
  readonly config?: string;
  /** Servers that die, and that come back, by `ADDRESS:PORT` as configured. */
  readonly down?: readonly string[];
  readonly up?: readonly string[];
  /** As {@link IpvsTable.rows} gives it. */
  readonly rows: readonly string[];
  /** What a defect of ldirectord makes of it. */
  readonly theirs?: readonly string[];
  /** How many servers are checked. */
  readonly servers: number;
}

export interface Story {
  readonly name: string;
  /** Calls that somebody else makes before. */
  readonly foreign?: readonly string[];
  readonly steps: readonly Step[];
}

const STOP = { name: 'the end', moment: 'stop', rows: [], servers: 0 } as const;

const PAIR = `virtual=10.254.0.1:80
    real=10.1.1.21:80 masq 5
    real=10.1.1.22:8080 masq
    fallback=127.0.0.1:80 masq
    scheduler=wlc
    CHECK
`;

function pair(first: string, second: string, ...others: readonly string[]) {
  const real = (place: string, weight: string) =>
    weight === '-' ? [] : [`  ${place} Masq ${weight} u:0 l:0`];
  return [
    'TCP  10.254.0.1:80 wlc',
    ...real('10.1.1.21:80', first),
    ...real('10.1.1.22:8080', second),
    ...others,
  ];
}
const FALLBACK = '  127.0.0.1:80 Masq 1 u:0 l:0';

/** Servers die and come back, one after the other and all of them.
 *  @param out  weight of one that is down; `-`: it is not there */
function failures(quiescent: string, out: string): Story {
  const change = { moment: 'change', servers: 2 } as const;
  return {
    name: `failures with ${quiescent.replace('\n', ', ')}`,
    foreign: ['-A -t 10.9.9.9:80 -s rr', '-a -t 10.9.9.9:80 -r 10.9.9.10:80 -g'],
    steps: (
      [
        {
          name: 'start',
          moment: 'start',
          config: `${quiescent}\n${PAIR}`,
          servers: 2,
          rows: pair('5', '1'),
        },
        { ...change, name: 'one dies', down: ['10.1.1.21:80'], rows: pair(out, '1') },
        {
          ...change,
          name: 'the other dies',
          down: ['10.1.1.22:8080'],
          rows: pair(out, out, FALLBACK),
        },
        { ...change, name: 'one is back', up: ['10.1.1.21:80'], rows: pair('5', out) },
        { ...change, name: 'all are', up: ['10.1.1.22:8080'], rows: pair('5', '1') },
        STOP,
      ] satisfies readonly Step[]
    ).map((step) => ({
      ...step,
      rows: ['TCP  10.9.9.9:80 rr', '  10.9.9.10:80 Route 1 u:0 l:0', ...step.rows],
    })),
  };
}

/** A server that is dead from the beginning. */
function deadAtStart(settings: string, out: string): Story {
  return {
    name: `a server that is dead at the start, ${settings.replace('\n', ', ')}`,
    steps: [
      {
        name: 'start',
        moment: 'start',
        down: ['10.1.1.22:8080'],
        config: `${settings}\n${PAIR}`,
        servers: 2,
        rows: pair('5', out),
      },
      {
        name: 'it comes',
        moment: 'change',
        up: ['10.1.1.22:8080'],
        servers: 2,
        rows: pair('5', '1'),
      },
      STOP,
    ],
  };
}

const METHODS = `quiescent=no
virtual=10.254.0.2:80
    real=10.1.1.31:80 gate 3 l:2 u:9
    real=10.1.1.32:80 ipip 1 u:20
    real=10.1.1.33:81 masq l:5 u:7
    real=10.1.1.34:80 masq 0
    CHECK
`;
const METHODS_ROWS = [
  'TCP  10.254.0.2:80 wrr',
  '  10.1.1.31:80 Route 3 u:9 l:2',
  '  10.1.1.32:80 Tunnel 1 u:20 l:0',
  '  10.1.1.33:81 Masq 1 u:7 l:5',
  '  10.1.1.34:80 Masq 0 u:0 l:0',
];

const METHODS_STORY: Story = {
  name: 'methods, weights and thresholds, and a reload that changes them',
  steps: [
    {
      name: 'start',
      moment: 'start',
      config: METHODS,
      servers: 4,
      rows: METHODS_ROWS,
    },
    {
      name: 'one with thresholds dies',
      moment: 'change',
      down: ['10.1.1.31:80'],
      servers: 4,
      rows: METHODS_ROWS.toSpliced(1, 1),
    },
    {
      name: 'and comes back with them',
      moment: 'change',
      up: ['10.1.1.31:80'],
      servers: 4,
      rows: METHODS_ROWS,
    },
    {
      name: 'other values',
      moment: 'reload',
      config: METHODS.replace('gate 3 l:2 u:9', 'masq 4')
        .replace('ipip 1 u:20', 'ipip 2 u:30')
        .replace('real=10.1.1.33:81 masq l:5 u:7', 'real=10.1.1.35:80 masq'),
      servers: 4,
      rows: [
        'TCP  10.254.0.2:80 wrr',
        '  10.1.1.31:80 Masq 4 u:0 l:0',
        '  10.1.1.32:80 Tunnel 2 u:30 l:0',
        '  10.1.1.34:80 Masq 0 u:0 l:0',
        '  10.1.1.35:80 Masq 1 u:0 l:0',
      ],
    },
    STOP,
  ],
};

const QUIESCED_THRESHOLDS: Story = {
  name: 'a quiesced server loses its thresholds until it is back',
  steps: [
    {
      name: 'start',
      moment: 'start',
      config: `quiescent=yes\nvirtual=10.254.0.2:80
    real=10.1.1.31:80 masq 3 l:2 u:9
    CHECK
`,
      servers: 1,
      rows: ['TCP  10.254.0.2:80 wrr', '  10.1.1.31:80 Masq 3 u:9 l:2'],
    },
    {
      name: 'it dies',
      moment: 'change',
      down: ['10.1.1.31:80'],
      servers: 1,
      rows: ['TCP  10.254.0.2:80 wrr', '  10.1.1.31:80 Masq 0 u:0 l:0'],
    },
    {
      name: 'it is back',
      moment: 'change',
      up: ['10.1.1.31:80'],
      servers: 1,
      rows: ['TCP  10.254.0.2:80 wrr', '  10.1.1.31:80 Masq 3 u:9 l:2'],
    },
    STOP,
  ],
};

const section = (virtual: string, real: string, ...lines: readonly string[]) =>
  `${virtual}\n    ${real}\n${lines.map((line) => `    ${line}\n`).join('')}    CHECK\n\n`;

const KINDS =
  section('virtual=10.254.0.3:443', 'real=10.1.1.41:443 masq', 'persistent=600') +
  section(
    'virtual=10.254.0.3:80',
    'real=10.1.1.41:80 masq',
    'persistent=300',
    'netmask=255.255.255.0',
    'scheduler=sh',
    'schedflags=sh-port,sh-fallback',
  ) +
  section(
    'virtual=10.254.0.3:53',
    'real=10.1.1.42:53 masq',
    'ops=yes',
    'scheduler=rr',
  ) +
  section('virtual=7', 'real=10.1.1.43 gate 2', 'protocol=fwm') +
  section(
    'virtual6=[2001:db8::3]:80',
    'real6=[2001:db8::41]:8080 masq 2',
    'fallback6=[::1]:80',
    'persistent=60',
    'netmask=64',
  ) +
  section('virtual6=8', 'real6=[2001:db8::42] gate', 'protocol=fwm', 'scheduler=lc');

const KINDS_ROWS = [
  'TCP  10.254.0.3:80 sh persistent 300 mask 255.255.255.0 (sh-fallback,sh-port)',
  '  10.1.1.41:80 Masq 1 u:0 l:0',
  'TCP  10.254.0.3:443 wrr persistent 600',
  '  10.1.1.41:443 Masq 1 u:0 l:0',
  'UDP  10.254.0.3:53 rr ops',
  '  10.1.1.42:53 Masq 1 u:0 l:0',
  'TCP  [2001:db8::3]:80 wrr persistent 60 mask 64',
  '  [2001:db8::41]:8080 Masq 2 u:0 l:0',
  'FWM  7 wrr',
  '  10.1.1.43:0 Route 2 u:0 l:0',
  'FWM  8 IPv6 lc',
  '  [2001:db8::42]:0 Route 1 u:0 l:0',
];

const KINDS_STORY: Story = {
  name: 'persistence, flags, UDP, firewall marks and IPv6',
  steps: [
    {
      name: 'start',
      moment: 'start',
      config: `quiescent=yes\n${KINDS}`,
      servers: 6,
      rows: KINDS_ROWS,
    },
    {
      name: 'the IPv6 ones die',
      moment: 'change',
      down: ['[2001:db8::41]:8080', '[2001:db8::42]:0'],
      servers: 6,
      rows: [
        ...KINDS_ROWS.slice(0, 7),
        '  [::1]:80 Route 1 u:0 l:0',
        '  [2001:db8::41]:8080 Masq 0 u:0 l:0',
        ...KINDS_ROWS.slice(8, 11),
        '  [2001:db8::42]:0 Route 0 u:0 l:0',
      ],
    },
    {
      name: 'they are back',
      moment: 'change',
      up: ['[2001:db8::41]:8080', '[2001:db8::42]:0'],
      servers: 6,
      rows: KINDS_ROWS,
    },
    {
      name: 'a service goes, one comes, one schedules otherwise',
      moment: 'reload',
      config: `quiescent=yes\n${KINDS.replace('virtual=10.254.0.3:443', 'virtual=10.254.0.4:443').replace('persistent=300\n    netmask=255.255.255.0\n', 'persistent=900\n')}`,
      servers: 6,
      rows: [
        'TCP  10.254.0.3:80 sh persistent 900 (sh-fallback,sh-port)',
        '  10.1.1.41:80 Masq 1 u:0 l:0',
        'TCP  10.254.0.4:443 wrr persistent 600',
        '  10.1.1.41:443 Masq 1 u:0 l:0',
        ...KINDS_ROWS.slice(4),
      ],
    },
    STOP,
  ],
};

const KEPT = PAIR.replace('CHECK', 'cleanstop=no\n    CHECK');

const KEPT_STORY: Story = {
  name: 'cleanstop=no leaves the table, and the next start takes it over',
  steps: [
    {
      name: 'start',
      moment: 'start',
      config: `quiescent=yes\n${KEPT}`,
      servers: 2,
      rows: pair('5', '1'),
    },
    { name: 'the end', moment: 'stop', servers: 0, rows: pair('5', '1') },
    {
      name: 'the next start, with a server that died meanwhile',
      moment: 'start',
      down: ['10.1.1.21:80'],
      servers: 2,
      rows: pair('0', '1'),
    },
    { name: 'the end again', moment: 'stop', servers: 0, rows: pair('0', '1') },
  ],
};

const SECTIONS_STORY: Story = {
  name: 'cleanstop of a section counts, not the global one',
  steps: [
    {
      name: 'start',
      moment: 'start',
      config: `cleanstop=no\n${section('virtual=10.254.0.6:80', 'real=10.1.1.61:80 masq', 'cleanstop=yes')}${section('virtual=10.254.0.6:81', 'real=10.1.1.61:81 masq')}`,
      servers: 2,
      rows: [
        'TCP  10.254.0.6:80 wrr',
        '  10.1.1.61:80 Masq 1 u:0 l:0',
        'TCP  10.254.0.6:81 wrr',
        '  10.1.1.61:81 Masq 1 u:0 l:0',
      ],
    },
    {
      name: 'the end',
      moment: 'stop',
      servers: 0,
      rows: ['TCP  10.254.0.6:81 wrr', '  10.1.1.61:81 Masq 1 u:0 l:0'],
    },
  ],
};

const MAPPED = `virtual=10.254.0.5:80
    real=10.1.1.51:8080 gate 2
    real=10.1.1.52:8080 ipip
    CHECK
`;
const MAPPED_ROWS = [
  'TCP  10.254.0.5:80 wrr',
  '  10.1.1.51:80 Route 2 u:0 l:0',
  '  10.1.1.52:80 Tunnel 1 u:0 l:0',
];

const MAPPED_STORY: Story = {
  name: 'gate and ipip with a port of their own, which they do not get',
  steps: [
    {
      name: 'start',
      moment: 'start',
      config: `quiescent=no\n${MAPPED}`,
      servers: 2,
      rows: MAPPED_ROWS,
    },
    {
      name: 'one dies',
      moment: 'change',
      down: ['10.1.1.51:8080'],
      servers: 2,
      rows: MAPPED_ROWS.toSpliced(1, 1),
    },
    {
      name: 'it is back',
      moment: 'change',
      up: ['10.1.1.51:8080'],
      servers: 2,
      rows: MAPPED_ROWS,
    },
    STOP,
  ],
};

/** ldirectord adds them again under the port that they do not have, which is refused. */
const MAPPED_DEFECT: Story = {
  name: 'the same with quiescent=yes, where ldirectord leaves them at weight 0',
  steps: [
    {
      name: 'start',
      moment: 'start',
      config: `quiescent=yes\n${MAPPED}`,
      servers: 2,
      rows: MAPPED_ROWS,
      theirs: [
        'TCP  10.254.0.5:80 wrr',
        '  10.1.1.51:80 Route 0 u:0 l:0',
        '  10.1.1.52:80 Tunnel 0 u:0 l:0',
      ],
    },
    STOP,
  ],
};

export const STORIES: readonly Story[] = [
  failures('quiescent=yes', '0'),
  failures('quiescent=no', '-'),
  deadAtStart('quiescent=yes', '0'),
  deadAtStart('quiescent=yes\nreaddquiescent=yes', '0'),
  deadAtStart('quiescent=no', '-'),
  METHODS_STORY,
  QUIESCED_THRESHOLDS,
  KINDS_STORY,
  KEPT_STORY,
  SECTIONS_STORY,
  MAPPED_STORY,
  MAPPED_DEFECT,
];
