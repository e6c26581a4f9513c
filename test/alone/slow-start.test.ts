import t from 'tap';
import { slowStart } from '../behaviour/slow-start.ts';
import { runScenarios } from '../behaviour/suite.ts';
import { lab } from '../support/lab.ts';

t.jobs = 2; // each waits for clients in a network of its own

const scenarios = [slowStart];

t.test('net', async (t) => runScenarios(t, 'net', { scenarios, net: 'workers = 1' }));
t.test('nftables', async (t) =>
  runScenarios(t, 'nftables', { scenarios, where: lab('nft', 'conntrack') }),
);
