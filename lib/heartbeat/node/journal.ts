import type { LinkChange } from '../membership/links.ts';
import type { Happening } from '../membership/member.ts';
import type { Outbox } from './outbox.ts';

type Line = readonly [level: 'info' | 'warn' | 'error', text: string];

/** Tells of a node what Heartbeat tells, in its words. */
export function tellHappening(outbox: Outbox, happening: Happening): void {
  const line = lineOf(happening);
  if (line) outbox.log(...line);
}

export function tellLink(outbox: Outbox, { node, link, isUp }: LinkChange): void {
  outbox.log(isUp ? 'info' : 'warn', `Link ${node}:${link} ${isUp ? 'up' : 'dead'}.`);
}

function lineOf(happening: Happening): Line | undefined {
  switch (happening.type) {
    case 'status':
      return [
        'info',
        `Status update for node ${happening.node}: status ${happening.status}`,
      ];
    case 'dead':
      return ['warn', `node ${happening.node}: is dead`];
    case 'late':
      return [
        'warn',
        `Late heartbeat: Node ${happening.node}: interval ${Math.round(happening.ms)} ms`,
      ];
    case 'restarted':
      return ['info', `Heartbeat restart on node ${happening.node}`];
    case 'healed':
      return ['error', `Cluster node ${happening.node} returning after partition.`];
    case 'communication-up':
      return undefined;
  }
}
