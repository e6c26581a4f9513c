import { STOP, type Story } from './story.ts';

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

export const METHODS_STORY: Story = {
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

export const QUIESCED_THRESHOLDS: Story = {
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

export const MAPPED_STORY: Story = {
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
export const MAPPED_DEFECT: Story = {
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

const PORTLESS_ROWS = [
  'TCP  10.254.0.8:80 wrr',
  '  10.1.1.81:0 Masq 2 u:0 l:0',
  '  10.1.1.82:80 Masq 1 u:0 l:0',
];

export const PORTLESS_STORY: Story = {
  name: 'a masq server without a port',
  steps: [
    {
      name: 'start',
      moment: 'start',
      config: `quiescent=yes\nvirtual=10.254.0.8:80
    real=10.1.1.81 masq 2
    real=10.1.1.82:80 masq
    CHECK
`,
      servers: 2,
      rows: PORTLESS_ROWS,
    },
    {
      name: 'it dies',
      moment: 'change',
      down: ['10.1.1.81:0'],
      servers: 2,
      rows: PORTLESS_ROWS.with(1, '  10.1.1.81:0 Masq 0 u:0 l:0'),
    },
    {
      name: 'it is back',
      moment: 'change',
      up: ['10.1.1.81:0'],
      servers: 2,
      rows: PORTLESS_ROWS,
    },
    STOP,
  ],
};
