import fc from 'fast-check';
import t from 'tap';
import { chances } from '../../../../lib/engines/nftables/picking/two-choices.ts';
import { twos } from '../../../../lib/schedulers/twos.ts';
import { someCandidates } from '../../../support/candidates.ts';
import { client, PlainView } from '../../../support/plain-view.ts';

t.test('as often as twos picks it, over all pairs that it can draw', async (t) => {
  fc.assert(
    fc.property(someCandidates(fc.nat(4)), (servers) => {
      const total = servers.reduce((sum, { weight }) => sum + weight, 0);
      const view = new PlainView(
        twos,
        servers.map(({ weight, activeConnections, inactiveConnections }) => ({
          weight,
          active: activeConnections,
          inactive: inactiveConnections,
        })),
      );
      const picked = servers.map(() => 0);
      for (let one = 0; one < total; one++)
        for (let two = 0; two < total; two++) {
          view.draws = [(one + 0.5) / total, (two + 0.5) / total];
          const row = twos.pick(view, client()) ?? -1;
          picked[row] = (picked[row] ?? 0) + 1;
        }
      for (const [index, chance] of chances(servers).entries())
        t.ok(Math.abs(chance - (picked[index] ?? 0) / (total * total || 1)) < 1e-9);
    }),
    { numRuns: 30 },
  );
});
