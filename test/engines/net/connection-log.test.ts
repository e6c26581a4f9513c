import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import type { ServerEntry } from '../../../lib/model/engine.ts';
import { blackHole } from '../../support/black-hole.ts';
import {
  freePort,
  rigFor,
  serverAt,
  tableOf,
  until,
} from '../../support/engine-rig.ts';
import { haproxyStage } from '../../support/haproxy-log.ts';
import { lab } from '../../support/lab.ts';
import {
  type Cast,
  CONNECT_MS,
  IDLE_MS,
  LOG_STORIES,
  type LogStory,
  plainLine,
  serveWords,
} from '../../support/log-stories.ts';

t.setTimeout(120_000); // thirteen directors at once, and as many of HAProxy's

type Ports = Readonly<Record<Cast, number>>;

async function cast(t: Test): Promise<Ports> {
  const echo = createServer({ allowHalfOpen: true }, serveWords).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  t.teardown(() => echo.close());
  const { port } = echo.address() as { port: number };
  return { echo: port, refuses: await freePort(), hole: await blackHole(t) };
}

async function clientOf(t: Test, port: number) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.teardown(() => socket.destroy());
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  await once(socket, 'connect').catch(() => {}); // or reset before we knew
  return socket;
}

function namesOf(story: LogStory, ports: Ports): ReadonlyMap<string, Cast> {
  return new Map(story.cast.map((name) => [`127.0.0.1:${ports[name]}`, name]));
}

/** The first line of the engine's. */
async function ofEngine(t: Test, story: LogStory, ports: Ports): Promise<string> {
  let text = '';
  const connectionLog = {
    write(more: string) {
      text += more;
    },
  };
  const rig = rigFor(t, createNetEngine({ connectionLog }));
  const service = await rig.service(
    {},
    {
      connectTimeoutMs: CONNECT_MS,
      idleTimeoutMs: IDLE_MS,
      logConnections: true,
      dontlognull: story.quiet ?? false,
    },
  );
  const entries: readonly ServerEntry[] = story.cast.map((name) =>
    serverAt('127.0.0.1', ports[name], { onRemoval: 'reset' }),
  );
  await rig.engine.apply(tableOf(service, ...entries));
  await story.play({
    client: () => clientOf(t, service.port ?? 0),
    down: async () => void (await rig.engine.apply(tableOf(service))),
    kill: async () => void (await rig.engine.traffic?.end({ service: service.id })),
  });
  await until(() => text.includes('\n'));
  return plainLine(text.split('\n')[0] ?? '', service.id, namesOf(story, ports));
}

async function ofHaproxy(t: Test, story: LogStory, ports: Ports): Promise<string> {
  const stage = await haproxyStage(t, story, ports);
  await story.play({
    client: () => clientOf(t, stage.port),
    down: stage.down,
    kill: stage.kill,
  });
  await until(() => stage.lines.length > 0);
  const names = new Map(story.cast.map((name) => [name, name]));
  return plainLine(stage.lines[0] ?? '', stage.service, names);
}

/** All at once, each with a director of its own: most of them wait. */
async function playAll(
  t: Test,
  play: (t: Test, story: LogStory, ports: Ports) => Promise<string>,
): Promise<void> {
  const ports = await cast(t);
  await Promise.all(
    LOG_STORIES.map(async (story) => {
      t.equal(await play(t, story, ports), story.line, story.name);
    }),
  );
}

t.test('each end of a connection has its line', (t) => playAll(t, ofEngine));

t.test('the lines are those of HAProxy', lab('haproxy'), (t) => playAll(t, ofHaproxy));
