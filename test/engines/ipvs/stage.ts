import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { IpvsSite } from '../../support/ipvs-site.ts';
import { IpvsTable } from '../../support/ipvs-table.ts';
import { RealLdirectord } from '../../support/real-ldirectord.ts';
import { type Outcome, until } from '../../support/site.ts';

/** A director, theirs or ours, with a table of its own. */
export interface Player {
  readonly name: 'ldirectord' | 'l4director';
  readonly table: IpvsTable;
  /** CHECK in it stands for the lines that say how servers are checked. */
  write(config: string): void;
  start(): Promise<void>;
  reload(): Promise<void>;
  /** Resolves when it has ended. */
  stop(): Promise<void>;
  /** How many checks it has made. */
  checks(): number;
}

/** Both directors, and servers that both find up or down alike. */
export interface Stage {
  readonly players: readonly [theirs: Player, ours: Player];
  /** Takes a server out, by `ADDRESS:PORT` as configured. */
  down(server: string): void;
  up(server: string): void;
}

/** Its second between two rounds of checks is a quarter of one: ours decides how long a story takes. */
const HASTE = `package Haste;
BEGIN { *CORE::GLOBAL::sleep = sub { select undef, undef, undef, $_[0] / 4 } }
1;
`;

const SETTINGS = `checkinterval=1
checktimeout=5
logfile="LOG"
`;

export function aStage(t: Test): Stage {
  const down = t.testdir();
  return {
    players: [theirs(t, down), ours(t, down)],
    down: (server) => writeFileSync(join(down, server), ''),
    up: (server) => rmSync(join(down, server)),
  };
}

function theirs(t: Test, down: string): Player {
  const real = new RealLdirectord(t, '');
  const check = checker(real.folder, down);
  writeFileSync(join(real.folder, 'Haste.pm'), HASTE);
  real.env.PERL5OPT = `-I${real.folder} -MHaste`;
  return {
    name: 'ldirectord',
    table: new IpvsTable(join(real.folder, 'ipvsadm')),
    checks: check.count,
    write: (config) => real.write(check.configured(config)),
    start: () => done(real.run(real.config, 'start')),
    reload: () => done(real.run(real.config, 'reload')),
    async stop() {
      await done(real.run(real.config, 'stop'));
      await real.settled(false);
    },
  };
}

function ours(t: Test, down: string): Player {
  const site = new IpvsSite(t, '');
  const check = checker(site.folder, down);
  return {
    name: 'l4director',
    table: site.table,
    checks: check.count,
    write: (config) => site.write(check.configured(config)),
    start: () => done(site.run('start')),
    reload: () => done(site.run('reload')),
    stop: () => done(site.run('stop')),
  };
}

/** A command that failed would leave the director as it was, to be taken for one that obeyed. */
async function done(command: Promise<Outcome>): Promise<void> {
  const { code, stderr } = await command;
  if (code !== 0) throw new Error(`exit status ${code}: ${stderr}`);
}

/** A command that finds a server down while a file of its name is there, and counts. */
function checker(folder: string, down: string) {
  const command = join(folder, 'check');
  const count = `${command}.count`;
  const text = `#!/bin/sh\necho >>"${count}"\ntest ! -e "${down}/$3:$4"\n`;
  writeFileSync(command, text, { mode: 0o755 });
  writeFileSync(count, '');
  const lines = `checktype=external\n    checkcommand=${command}`;
  return {
    count: () => statSync(count).size,
    configured: (config: string) => SETTINGS + config.replaceAll('CHECK', lines),
  };
}

/** Waits until the director's table is that one, and has been left so over two rounds of checks.
 *  @param servers  how many are checked */
export async function settled(
  player: Player,
  rows: readonly string[],
  servers: number,
): Promise<void> {
  const is = () => player.table.rows().join('\n') === rows.join('\n');
  for (;;) {
    await until(is, `${player.name}'s table`).catch((error) => {
      throw new Error(`it is\n${player.table.rows().join('\n')}`, { cause: error });
    });
    const changes = player.table.changes().length;
    const rounds = player.checks() + 2 * servers;
    await until(() => player.checks() >= rounds, `${player.name}'s checks`);
    if (player.table.changes().length === changes && is()) return;
  }
}
