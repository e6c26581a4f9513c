import type { Rule } from './part.ts';
import { plain } from './shapes.ts';

interface Weighing {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
}

/** Rules that say by their comments which weight each server has, for the next run. In rules, since nft
 *  reads all chains and sets there are before it takes an element out. */
export function tellWeights(servers: readonly Weighing[]): Rule[] {
  return servers.map(({ address, port, weight }) => ({
    expr: [{ return: null }],
    comment: `${plain(address)} ${port} ${weight}`,
  }));
}

/** What such rules say: the weight by address and port, undefined of who is not among them. */
export function toldWeights(
  rules: readonly Rule[],
): (server: Omit<Weighing, 'weight'>) => number | undefined {
  const told = new Map(
    rules.map(({ comment }) => {
      const [address = '', port = '', weight = ''] = comment.split(' ');
      return [`${address} ${port}`, Number(weight)];
    }),
  );
  return ({ address, port }) => told.get(`${plain(address)} ${port}`);
}
