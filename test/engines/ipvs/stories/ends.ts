import { PAIR, pair, STOP, type Story, section } from './story.ts';

const KEPT = PAIR.replace('CHECK', 'cleanstop=no\n    CHECK');

export const KEPT_STORY: Story = {
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
    {
      name: 'a start with a config that knows one server less',
      moment: 'start',
      up: ['10.1.1.21:80'],
      config: `quiescent=yes\n${KEPT.replace('    real=10.1.1.22:8080 masq\n', '')}`,
      servers: 1,
      rows: pair('5', '-'),
    },
    { name: 'the last end', moment: 'stop', servers: 0, rows: pair('5', '-') },
  ],
};

export const SECTIONS_STORY: Story = {
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

/** ldirectord makes a service at its start and at reloads only. */
export const FLUSHED_STORY: Story = {
  name: 'somebody empties the table',
  steps: [
    {
      name: 'start',
      moment: 'start',
      config: `quiescent=yes\n${PAIR}`,
      servers: 2,
      rows: pair('5', '1'),
    },
    {
      name: 'it is empty when a server dies',
      moment: 'flush',
      foreign: ['-C'],
      down: ['10.1.1.21:80'],
      servers: 2,
      rows: pair('0', '1'),
      theirs: [],
    },
    {
      name: 'a reload',
      moment: 'reload',
      servers: 2,
      rows: pair('0', '1'),
    },
    STOP,
  ],
};
