import { STOP, type Story, section } from './story.ts';

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
  section(
    'virtual=7',
    'real=10.1.1.43 gate 2',
    'protocol=fwm',
    'fallback=127.0.0.1:80 gate',
  ) +
  section(
    'virtual6=[2001:db8::3]:80',
    'real6=[2001:db8::41]:8080 masq 2',
    'fallback6=[::1]:80',
    'persistent=60',
    'netmask=64',
  ) +
  section('virtual6=8', 'real6=[2001:db8::42] gate', 'protocol=fwm', 'scheduler=lc');

const KINDS_ROWS = [
  'TCP  10.254.0.3:80 sh (sh-fallback,sh-port) persistent 300 mask 255.255.255.0',
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

export const KINDS_STORY: Story = {
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
      name: 'they are back, and those by datagrams and by mark die',
      moment: 'change',
      up: ['[2001:db8::41]:8080', '[2001:db8::42]:0'],
      down: ['10.1.1.42:53', '10.1.1.43:0'],
      servers: 6,
      rows: [
        ...KINDS_ROWS.slice(0, 5),
        '  10.1.1.42:53 Masq 0 u:0 l:0',
        ...KINDS_ROWS.slice(6, 9),
        '  10.1.1.43:0 Route 0 u:0 l:0',
        '  127.0.0.1:80 Route 1 u:0 l:0',
        ...KINDS_ROWS.slice(10),
      ],
    },
    {
      name: 'all are back',
      moment: 'change',
      up: ['10.1.1.42:53', '10.1.1.43:0'],
      servers: 6,
      rows: KINDS_ROWS,
    },
    {
      name: 'a service goes, one comes, one schedules otherwise',
      moment: 'reload',
      config: `quiescent=yes\n${KINDS.replace('virtual=10.254.0.3:443', 'virtual=10.254.0.4:443').replace('persistent=300\n    netmask=255.255.255.0\n', 'persistent=900\n')}`,
      servers: 6,
      rows: [
        'TCP  10.254.0.3:80 sh (sh-fallback,sh-port) persistent 900',
        '  10.1.1.41:80 Masq 1 u:0 l:0',
        'TCP  10.254.0.4:443 wrr persistent 600',
        '  10.1.1.41:443 Masq 1 u:0 l:0',
        ...KINDS_ROWS.slice(4),
      ],
    },
    STOP,
  ],
};
