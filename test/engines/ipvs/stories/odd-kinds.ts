import { STOP, type Story, section } from './story.ts';

const UNCHECKED = (port: number, checktype: 'on' | 'off') => `virtual=10.254.0.9:${port}
    real=10.1.1.95:${port} masq 2
    checktype=${checktype}
    fallback=127.0.0.1:80 masq
`;

const CONFIG = `quiescent=yes
${section(
  'virtual=10.254.0.9:0',
  'real=10.1.1.91 masq 2',
  'real=10.1.1.92 gate',
  'persistent=300',
  'fallback=127.0.0.1 gate',
)}${section(
  'virtual=12',
  'real=10.1.1.93:8080 masq 2',
  'real=10.1.1.94:90 gate',
  'protocol=fwm',
)}${UNCHECKED(81, 'off')}${UNCHECKED(82, 'on')}`;

const ROWS = [
  'TCP  10.254.0.9:0 wrr persistent 300',
  '  10.1.1.91:0 Masq 2 u:0 l:0',
  '  10.1.1.92:0 Route 1 u:0 l:0',
  'TCP  10.254.0.9:81 wrr',
  '  10.1.1.95:81 Masq 0 u:0 l:0',
  '  127.0.0.1:80 Masq 1 u:0 l:0',
  'TCP  10.254.0.9:82 wrr',
  '  10.1.1.95:82 Masq 2 u:0 l:0',
  'FWM  12 wrr',
  '  10.1.1.93:8080 Masq 2 u:0 l:0',
  '  10.1.1.94:90 Route 1 u:0 l:0',
];
const LESS = ROWS.with(1, '  10.1.1.91:0 Masq 0 u:0 l:0').with(
  9,
  '  10.1.1.93:8080 Masq 0 u:0 l:0',
);

export const ODD_KINDS_STORY: Story = {
  name: 'a service of every port, a mark with ports, servers that are not checked',
  steps: [
    { name: 'start', moment: 'start', config: CONFIG, servers: 4, rows: ROWS },
    {
      name: 'one of each dies',
      moment: 'change',
      down: ['10.1.1.91:0', '10.1.1.93:8080'],
      servers: 4,
      rows: LESS,
    },
    {
      name: 'the gate ones die, and the fallback takes every port',
      moment: 'change',
      down: ['10.1.1.92:0', '10.1.1.94:90'],
      servers: 4,
      rows: [
        ...LESS.slice(0, 2),
        '  10.1.1.92:0 Route 0 u:0 l:0',
        '  127.0.0.1:0 Route 1 u:0 l:0',
        ...LESS.slice(3, 10),
        '  10.1.1.94:90 Route 0 u:0 l:0',
      ],
    },
    STOP,
  ],
};
