import t from 'tap';
import { canShare } from '../../../lib/engines/net/crew/worker-count.ts';
import { lab } from '../../support/lab.ts';
import { inMigratingNetwork } from '../../support/migrating-network.ts';

const { node } = process.versions;
const needs = lab('root', 'namespaces', 'named');
const why = canShare(node) ? needs : { skip: `Node ${node} cannot share an address` };

t.test('upgrades', why, (t) => inMigratingNetwork(t, 'names', import.meta.url));
