import t from 'tap';
import { ovf } from '../../lib/schedulers/ovf.ts';
import { client, PlainView, picks } from '../support/plain-view.ts';

t.test(
  'the highest weight until its connections are above it, then the next',
  async (t) => {
    const view = new PlainView(ovf, [{ weight: 1 }, { weight: 3 }, { weight: 3 }]);
    let order = '';
    for (let n = 0; n < 12; n++) {
      const row = ovf.pick(view, client());
      order += row === undefined ? '-' : 'abc'.charAt(row);
      if (row !== undefined) view.at(row).active++;
    }
    t.equal(order, 'bbbbccccaa--');
  },
);

t.test('a connection that ends makes room again', async (t) => {
  const view = new PlainView(ovf, [
    { weight: 2, active: 3 },
    { weight: 1, active: 1 },
  ]);
  t.equal(picks(ovf, view, 1), 'b');
  view.at(0).active = 2;
  t.equal(picks(ovf, view, 1), 'a');
});
