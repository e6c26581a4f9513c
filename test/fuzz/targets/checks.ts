import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { oneLine } from '../../../lib/checks/message.ts';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { type Client, SECRETS } from '../hostile/client.ts';
import { IN_BYTES } from '../hostile/clients/bytes.ts';
import { DATAGRAMS } from '../hostile/clients/datagrams.ts';
import { LINES } from '../hostile/clients/lines.ts';
import { OVER_TLS, WEB } from '../hostile/clients/web.ts';
import { fence } from '../hostile/fence.ts';
import { HostileServer, type Talk } from '../hostile/server.ts';
import { changed, changes } from '../inputs.ts';
import { SPICE } from '../support/corpus.ts';
import { demand, type Opened, type Target, target } from '../target.ts';

/** An address of loopback that nobody else's clients come to. */
const HOST = '127.77.0.1';
const TIMEOUT_MS = 25;
const BODY_LIMIT = 65_536;
const LEFT_OPEN_MS = 2_000;

interface Visit {
  /** Which of the ways to ask. */
  readonly asked: number;
  readonly talks: readonly Talk[];
}

/** Good dialogues with up to three things changed, cut anywhere, ending in any way. */
function talksOf(
  dialogues: Client['dialogues'],
  words: readonly string[],
): fc.Arbitrary<Talk> {
  const edit = fc.tuple(fc.nat(9), changes([...words, ...SPICE]));
  const says = fc
    .tuple(fc.constantFrom(...dialogues), fc.array(edit, { maxLength: 3 }))
    .map(([dialogue, edits]) =>
      edits.reduce<readonly string[]>(
        (all, [nth, change]) =>
          all.map((say, n) => (n === nth % all.length ? changed(say, change) : say)),
        dialogue,
      ),
    );
  const cuts = fc.oneof(fc.constant([]), fc.array(fc.nat(1_000), { maxLength: 4 }));
  const end = fc.oneof(
    { weight: 20, arbitrary: fc.constant('end' as const) },
    { weight: 6, arbitrary: fc.constant('reset' as const) },
    { weight: 2, arbitrary: fc.constant('stay' as const) },
    { weight: 1, arbitrary: fc.constant('flood' as const) },
  );
  return fc.record({ says, cuts, end });
}

function visitsOf({ asked, dialogues, further, words }: Client): fc.Arbitrary<Visit> {
  const first = talksOf(dialogues, words);
  const others = fc.array(talksOf(further ?? dialogues, words), {
    minLength: further ? 1 : 0,
    maxLength: 2,
  });
  return fc.record({
    asked: fc.nat(asked.length - 1),
    talks: fc.tuple(first, others).map(([one, more]) => [one, ...more]),
  });
}

function checkOf(client: Client): Target {
  return target({
    kind: 'talk',
    covers: `lib/checks/services/${client.service.replace(/s?$/, '')}*.ts`,
    boundMs: client.boundMs ?? 300,
    inputs: visitsOf(client),
    open: () => opened(client),
  });
}

async function opened(client: Client): Promise<Opened<Visit>> {
  const server = await HostileServer.open(HOST, SECRETS.secret);
  const { host, port } = server;
  const fenced = fence({ host, port });
  const common: Partial<CheckTarget> = {
    ...{
      address: host,
      port,
      service: client.service,
      protocol: client.protocol ?? 'tcp',
    },
    ...{
      checktimeoutMs: TIMEOUT_MS,
      negotiatetimeoutMs: TIMEOUT_MS,
      bodyLimit: BODY_LIMIT,
    },
  };
  const targets = client.asked.map(
    (one): CheckTarget => checkTarget({ ...common, ...one }),
  );
  return {
    async take({ asked, talks }) {
      const wanted = targets[asked];
      if (!wanted) return;
      server.play(talks);
      const { up, message } = await checkOnce(wanted);
      demand(typeof up === 'boolean' && message !== '', () => `${up}: ${message}`);
      demand(message === oneLine(message), () => `more than a line: ${message}`);
      demand(!message.includes('it does not end'), () => message);
      const told = [wanted.passwd, wanted.secret].find(
        (word) => word !== '' && message.includes(word),
      );
      demand(told === undefined, () => `it tells ${told}: ${message}`);
      demand(!server.drowned, () => `it reads without end: ${message}`);
    },
    async [Symbol.asyncDispose]() {
      fenced[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      const until = performance.now() + LEFT_OPEN_MS;
      while (sockets() > 0 && performance.now() < until) await sleep(20);
      demand(sockets() === 0, () => `${sockets()} sockets are left open`);
    },
  };
}

function sockets(): number {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /^(TCPSocket|UDP|TLS)/.test(name)).length;
}

/** The check of every service, fed by hostile servers; a row each. */
export const CHECKS: Readonly<Record<string, Target>> = Object.fromEntries(
  Object.entries({ ...WEB, ...LINES, ...IN_BYTES, ...DATAGRAMS, ...OVER_TLS }).map(
    ([name, client]) => [`check ${name}`, checkOf(client)],
  ),
);
