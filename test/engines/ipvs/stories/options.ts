import { PAIR, pair, STOP, type Story, section } from './story.ts';

const PLAIN =
  section('virtual=10.254.0.7:80', 'real=10.1.1.71:80 masq', 'scheduler=sh') +
  section('virtual=10.254.0.7:53', 'real=10.1.1.72:53 masq', 'scheduler=rr') +
  section('virtual6=[2001:db8::7]:80', 'real6=[2001:db8::71]:80 masq') +
  section('virtual=9', 'real=10.1.1.73 masq 3', 'protocol=fwm');

const RICH =
  section(
    'virtual=10.254.0.7:80',
    'real=10.1.1.71:80 masq',
    'scheduler=sh',
    'persistent=300',
    'netmask=255.255.255.0',
    'schedflags=sh-port',
  ) +
  section(
    'virtual=10.254.0.7:53',
    'real=10.1.1.72:53 masq',
    'scheduler=rr',
    'ops=yes',
  ) +
  section(
    'virtual6=[2001:db8::7]:80',
    'real6=[2001:db8::71]:80 masq',
    'persistent=60',
    'netmask=48',
  ) +
  section('virtual=9', 'real=10.1.1.73 masq 3', 'protocol=fwm', 'persistent=5');

const rows = (http: string, dns: string, six: string, mark: string) => [
  `TCP  10.254.0.7:80 sh${http}`,
  '  10.1.1.71:80 Masq 1 u:0 l:0',
  `UDP  10.254.0.7:53 rr${dns}`,
  '  10.1.1.72:53 Masq 1 u:0 l:0',
  `TCP  [2001:db8::7]:80 wrr${six}`,
  '  [2001:db8::71]:80 Masq 1 u:0 l:0',
  `FWM  9 wrr${mark}`,
  '  10.1.1.73:0 Masq 3 u:0 l:0',
];
const PLAIN_ROWS = rows('', '', '', '');
const RICH_ROWS = rows(
  ' (sh-port) persistent 300 mask 255.255.255.0',
  ' ops',
  ' persistent 60 mask 48',
  ' persistent 5',
);

export const OPTIONS_STORY: Story = {
  name: 'persistence, netmask, ops and flags come and go with reloads',
  steps: [
    {
      name: 'start with all',
      moment: 'start',
      config: `quiescent=yes\n${RICH}`,
      servers: 4,
      rows: RICH_ROWS,
    },
    {
      name: 'a reload without',
      moment: 'reload',
      config: `quiescent=yes\n${PLAIN}`,
      servers: 4,
      rows: PLAIN_ROWS,
    },
    {
      name: 'and one with all again',
      moment: 'reload',
      config: `quiescent=yes\n${RICH}`,
      servers: 4,
      rows: RICH_ROWS,
    },
    STOP,
  ],
};

const DEAD = ['10.1.1.21:80', '10.1.1.22:8080'];
const OTHER = PAIR.replace(
  'fallback=127.0.0.1:80 masq',
  'fallback=10.1.1.99:8080 masq',
);

export const FALLBACK_STORY: Story = {
  name: 'a reload that names another fallback while it serves',
  steps: [
    {
      name: 'start, with every server dead',
      moment: 'start',
      down: DEAD,
      config: `quiescent=no\n${PAIR}`,
      servers: 2,
      rows: pair('-', '-', '  127.0.0.1:80 Masq 1 u:0 l:0'),
    },
    {
      name: 'another fallback',
      moment: 'reload',
      config: `quiescent=no\n${OTHER}`,
      servers: 2,
      rows: pair('-', '-', '  10.1.1.99:8080 Masq 1 u:0 l:0'),
    },
    {
      name: 'one server is back',
      moment: 'change',
      up: ['10.1.1.21:80'],
      servers: 2,
      rows: pair('5', '-'),
    },
    STOP,
  ],
};
