import type { Socket } from 'node:net';
import type { Clients } from '../clients.ts';
import type { Asker } from '../routes.ts';
import type { Room } from './command.ts';
import { createFigures } from './figures.ts';
import { LineSession } from './session.ts';

/** What the line commands work with. */
export interface LineParties extends Omit<Room, 'figures'> {
  readonly clients: Clients;
  readonly asker: (client: Socket) => Asker;
}

/** HAProxy's line commands. Disposing ends the counting. */
export interface LineCommands extends Disposable {
  /** Answers a client as long as it stays. */
  answer(client: Socket): void;
}

export function lineCommands({ clients, asker, ...rest }: LineParties): LineCommands {
  const figures = createFigures(rest.desk.events);
  const room: Room = { ...rest, figures };
  return {
    answer(client) {
      new LineSession(client, { room, clients, asker: asker(client) });
    },
    [Symbol.dispose]: () => figures[Symbol.dispose](),
  };
}
