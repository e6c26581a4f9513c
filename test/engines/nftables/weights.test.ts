import t from 'tap';
import { tellWeights, toldWeights } from '../../../lib/engines/nftables/weights.ts';

const at = (address: string, port: number, weight = 1) => ({ address, port, weight });

t.test('what is told is what is read, however an address is written', (t) => {
  const rules = tellWeights([
    at('10.1.1.21', 80, 5),
    at('10.1.1.21', 81, 0),
    at('2001:db8::21', 0, 65535),
  ]);
  const weight = toldWeights(rules);
  t.equal(weight(at('10.1.1.21', 80)), 5);
  t.equal(weight(at('10.1.1.21', 81)), 0);
  t.equal(weight(at('2001:0db8:0:0::21', 0)), 65535);
  t.equal(weight(at('10.1.1.22', 80)), undefined);
  for (const { comment } of rules)
    t.ok(comment.length < 128, 'the most that nft keeps of a comment');
  t.end();
});

t.test('strange words tell of nobody', (t) => {
  const weight = toldWeights([
    { expr: [], comment: '' },
    { expr: [], comment: 'x y' },
  ]);
  t.equal(weight(at('10.1.1.21', 80)), undefined);
  t.end();
});
