import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ask, CALLS, type Call, readStatus } from '../../lib/control/index.ts';
import { freePort, killed, Site, until, webServer } from '../support/site.ts';

const PATIENCE = { timeoutMs: 20_000 };

/** A director in front of two web servers, and what changes it. */
class Changing {
  readonly site: Site;
  readonly virtual: number;
  readonly reals: readonly number[];

  private constructor(t: Test, virtual: number, reals: readonly number[]) {
    this.virtual = virtual;
    this.reals = reals;
    this.site = new Site(t, this.#config([2, 1]));
  }

  static async start(t: Test): Promise<Changing> {
    const reals = [await webServer(t), await webServer(t)];
    const made = new Changing(t, await freePort(), reals);
    t.equal((await made.site.run('start')).code, 0);
    return made;
  }

  write(weights: readonly number[], settings = ''): void {
    this.site.write(this.#config(weights, settings));
  }

  real(row: 0 | 1) {
    const service = `tcp:127.0.0.1:${this.virtual}`;
    return { service, real: `127.0.0.1:${this.reals[row]}` };
  }

  ask<T>(call: Call<T>): Promise<T> {
    return ask(this.#socket, { ...call, ...PATIENCE });
  }

  /** `weight/configured state` of the servers, once none is starting. */
  async servers(): Promise<readonly string[]> {
    let states: readonly string[] = [];
    await until(async () => {
      const { services } = await readStatus(this.#socket, PATIENCE);
      states = (services[0]?.reals ?? []).map(
        ({ weight, configuredWeight, state }) =>
          `${weight}/${configuredWeight} ${state}`,
      );
      return states.length === 2 && !states.some((state) => /starting/.test(state));
    }, 'all servers checked');
    return states;
  }

  get state(): string {
    return join(this.site.runtimeDir, 'l4director.a.cf.state.json');
  }

  get #socket(): string {
    return join(this.site.runtimeDir, 'l4director.a.cf.sock');
  }

  #config(weights: readonly number[], settings = ''): string {
    const reals = this.reals.map(
      (port, i) => `    real=127.0.0.1:${port} masq ${weights[i]}`,
    );
    return [
      'checkinterval=1\nquiescent=yes\nlogfile="LOG"',
      `virtual=127.0.0.1:${this.virtual}`,
      ...reals,
      `    checktype=connect\n${settings}`,
    ].join('\n');
  }
}

t.test('changes outlive a reload, a restart and a kill', async (t) => {
  const director = await Changing.start(t);
  await director.ask(CALLS.change(director.real(0), { weight: 7 }));
  await director.ask(CALLS.change(director.real(1), { state: 'maintenance' }));
  const changed = ['7/2 up', '0/1 maintenance'];
  t.strictSame(await director.servers(), changed);

  director.write([2, 1], '    scheduler=rr\n');
  const { changes } = await director.ask(CALLS.reload());
  t.match(changes, [{ type: 'changed', values: [{ name: 'scheduler', new: 'rr' }] }]);
  await director.site.logged(/Reloading .* config, asked for by (uid \d+|unknown)/);
  t.strictSame(await director.servers(), changed, 'after a reload');

  t.equal((await director.site.run('restart')).code, 0);
  t.strictSame(await director.servers(), changed, 'after a restart');

  await killed(director.site.pid);
  t.equal((await director.site.run('start')).code, 0);
  t.strictSame(await director.servers(), changed, 'after a kill -9');

  await director.ask(CALLS.change(director.real(0), { weight: null }));
  await director.ask(CALLS.change(director.real(1), { state: 'ready' }));
  t.strictSame(await director.servers(), ['2/2 up', '1/1 up']);
  await until(() => !existsSync(director.state), 'the end of the state file');
});

t.test('what was answered outlives a kill -9 at any moment', async (t) => {
  const director = await Changing.start(t);
  let answered = 0;
  for (let round = 0; round < 2; round++) {
    const over = new AbortController();
    const changing = (async () => {
      for (let weight = answered + 1; !over.signal.aborted; weight++) {
        await director.ask(CALLS.change(director.real(0), { weight }));
        answered = weight;
      }
    })().catch(() => {});
    const least = answered + 5 + round * 8;
    await until(() => answered >= least, 'some changes');
    await killed(director.site.pid);
    over.abort();
    await changing;
    t.equal((await director.site.run('start')).code, 0);
    const [first] = await director.servers();
    const weight = Number(first?.split('/')[0]);
    // What was under way may have come as far as the disk.
    t.ok(weight === answered || weight === answered + 1, `${weight} of ${answered}`);
    answered = weight;
  }
  t.notMatch(director.site.logText, /Cannot read/);
});

t.test('what cannot be kept is in force, and every answer says so', async (t) => {
  const director = await Changing.start(t);
  const call = (...words: string[]) =>
    director.site.call(director.site.config, ...words);
  const inTheWay = `${director.state}.new`;
  mkdirSync(inTheWay);
  const { real } = director.real(0);
  const warning =
    /^Warning: in force, but it would not outlive the director: .*\.state\.json cannot be written: .*\n$/m;
  for (const [words, stdout] of [
    [['weight', real, '7'], `${real} in `],
    [['disable', real], 'maintenance'],
    [['enable', real], 'ready'],
    [['drain', real, '--within', '0'], 'it stays in drain'],
  ] as const) {
    const [action, ...operands] = words;
    const told = await call(action, ...operands);
    t.match(told, { code: 0, stdout, stderr: warning }, action);
  }
  t.equal((await director.servers())[0], '0/2 drain');
  const answer = await director.ask(CALLS.change(director.real(0), { weight: 5 }));
  t.match(answer, { after: { weight: 5 }, warning: /cannot be written/ });

  rmSync(inTheWay, { recursive: true });
  const quiet = await call('enable', real);
  t.match(quiet, { code: 0, stderr: /^$/ });
  t.match(JSON.parse((await call('weight', real, '6', '--json')).stdout), {
    after: { weight: 6 },
  });
  t.match(readFileSync(director.state, 'utf8'), /"weight": 6/);
});

t.test('where the file changes the same server, the file wins', async (t) => {
  const director = await Changing.start(t);
  for (const row of [0, 1] as const)
    await director.ask(CALLS.change(director.real(row), { state: 'drain' }));
  director.write([5, 1]);
  t.match(await director.ask(CALLS.plan()), {
    changes: [{ real: director.real(0).real, values: [{ name: 'weight', new: 5 }] }],
  });
  await director.ask(CALLS.reload());
  t.strictSame(await director.servers(), ['5/5 up', '0/1 drain'], 'at a reload');
  const over = (row: 0 | 1) =>
    new RegExp(`Run-time change of real server: ${director.real(row).real} .* is over`);
  await director.site.logged(over(0));
  t.notMatch(director.site.logText, over(1));

  await director.site.run('stop');
  director.write([5, 3]);
  await director.site.run('start');
  t.strictSame(await director.servers(), ['5/5 up', '3/3 up'], 'at a start');
  await director.site.logged(over(1));
});

t.test('a drain ends what is left at its deadline, and is answered then', async (t) => {
  const director = await Changing.start(t);
  await director.ask(CALLS.change(director.real(1), { state: 'maintenance' }));
  const client = connect(director.virtual, '127.0.0.1');
  t.teardown(() => client.destroy());
  client.on('error', () => {});
  client.write('GET /');
  const { service, real: server } = director.real(0);
  const open = async () =>
    (await director.ask(CALLS.connections({ service, server }))).total === 1;
  await until(open, 'the connection');

  const closed = new Promise((resolve) => client.on('close', resolve));
  const drained = await director.ask(CALLS.drain(director.real(0), 1));
  t.match(drained, { ended: 1, forgotten: 0 });
  t.ok(drained.seconds >= 1, 'not before the deadline');
  await closed;
  t.strictSame(await director.servers(), ['0/2 drain', '0/1 maintenance']);
  t.match(readFileSync(director.state, 'utf8'), /"state": "drain"/);
});

t.test('a bad file is refused whole, with every error', async (t) => {
  const director = await Changing.start(t);
  director.write([2, 1], '    chektype=x\n    scheduler=\n');
  await t.rejects(director.ask(CALLS.plan()), /chektype/);
  await t.rejects(director.ask(CALLS.reload()), /chektype/);
  const { configError } = await readStatus(
    join(director.site.runtimeDir, 'l4director.a.cf.sock'),
    PATIENCE,
  );
  t.match(configError, /chektype/);
  const { events } = await director.ask(CALLS.events(0));
  t.match(events.at(-1), { type: 'reload', ok: false, reason: /chektype/ });
});
