import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Afterlife } from '../../lib/engines/afterlife.ts';

function proc(timeWait: string, finWait: string): string {
  return t.testdir({
    sys: {
      net: {
        netfilter: {
          nf_conntrack_tcp_timeout_time_wait: timeWait,
          nf_conntrack_tcp_timeout_fin_wait: finWait,
        },
      },
    },
  });
}

t.test('it is over when the kernel has forgotten the last connection', async (t) => {
  const afterlife = new Afterlife(proc('0\n', '1\n'));
  t.equal(await afterlife.isOver(0), false, 'the longer time counts');
  await sleep(1050);
  t.equal(await afterlife.isOver(0), true);
  t.equal(await afterlife.isOver(1), false, 'an open one needs the table');
  t.equal(await afterlife.isOver(0), false, 'and is remembered');
  await sleep(1050);
  t.equal(await afterlife.isOver(0), true);
  afterlife.used();
  t.equal(await afterlife.isOver(0), false);
});

t.test('where nothing is remembered it is over at once', async (t) => {
  const afterlife = new Afterlife(proc('0\n', '0\n'));
  t.equal(await afterlife.isOver(1), false);
  t.equal(await afterlife.isOver(0), true);
});

t.test('where procfs does not say, it is not over at once', async (t) => {
  t.equal(await new Afterlife(proc('many\n', '0\n')).isOver(0), false);
  t.equal(await new Afterlife('/nowhere').isOver(0), false);
});
