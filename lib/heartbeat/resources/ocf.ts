import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Resource } from '../config/haresources.ts';
import { failureOf, type ProgramEnd, runProgram } from './program.ts';
import type { Runnable } from './runnable.ts';
import type { ScriptHow } from './script.ts';

const ROOT = '/usr/lib/ocf';
/** OCF_NOT_RUNNING. */
const STOPPED = 7;

/** An agent of Pacemaker's: `ocf::heartbeat::Filesystem::device=/dev/vdb::directory=/srv`. Heartbeat itself
 *  knows scripts only. Source: OCF resource agent API 1.1. */
export class OcfAgent implements Runnable {
  readonly word: string;
  readonly #path: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #how: ScriptHow;
  #wasThere = false;

  /** @param args  provider, agent and `key=value`s
   *  @param root  OCF_ROOT
   *  @throws RangeError  what was expected */
  constructor(args: readonly string[], how: ScriptHow, root = ROOT) {
    const { provider, agent, pairs } = readAgent(args);
    this.word = ['ocf', ...args].join('::');
    this.#path = join(root, 'resource.d', provider, agent);
    this.#how = how;
    this.#env = {
      ...how.env,
      OCF_ROOT: root,
      OCF_RA_VERSION_MAJOR: '1',
      OCF_RA_VERSION_MINOR: '1',
      OCF_RESOURCE_INSTANCE: [agent, ...pairs].join('_').replace(/[^\w.-]/g, '_'),
      OCF_RESOURCE_TYPE: agent,
      OCF_RESOURCE_PROVIDER: provider,
      ...Object.fromEntries(pairs.map(reskey)),
    };
  }

  async start(signal: AbortSignal): Promise<void> {
    if (!(await this.isRunning(signal))) await this.#act('start', signal);
  }

  /** What never was on this host does not run there. */
  async stop(signal: AbortSignal): Promise<void> {
    if (this.#wasThere || (await this.#isThere())) await this.#act('stop', signal);
    else this.#how.log.warn(`no agent ${this.#path}: none to stop`);
  }

  async isRunning(signal: AbortSignal): Promise<boolean> {
    const { status } = await this.#call('monitor', signal);
    return status === 0;
  }

  async #act(action: 'start' | 'stop', signal: AbortSignal): Promise<void> {
    const end = await this.#call(action, signal);
    const failure =
      end.status === STOPPED && action === 'stop' ? undefined : failureOf(end);
    if (failure !== undefined) throw new Error(failure);
  }

  async #call(action: string, signal: AbortSignal): Promise<ProgramEnd> {
    const { log, ms, programs } = this.#how;
    if (!(await this.#isThere()))
      throw new Error(`no agent ${this.#path}: install it, or mend haresources`);
    this.#wasThere = true;
    if (action !== 'monitor') log.info(`Running ${this.#path} ${action}`);
    const leavesDaemon = action !== 'monitor';
    return runProgram(this.#path, [action], {
      env: this.#env,
      ms,
      signal,
      leavesDaemon,
      programs,
    });
  }

  #isThere(): Promise<boolean> {
    return access(this.#path).then(
      () => true,
      () => false,
    );
  }
}

export function isAgent({ script }: Resource): boolean {
  return script === 'ocf';
}

interface AgentWords {
  readonly provider: string;
  readonly agent: string;
  /** `key=value`. */
  readonly pairs: readonly string[];
}

/** @throws RangeError  what was expected */
export function readAgent(args: readonly string[]): AgentWords {
  const [provider = '', agent = '', ...pairs] = args;
  if (![provider, agent].every((name) => /^\w[\w.-]*$/.test(name)))
    throw new RangeError(
      `"${['ocf', ...args].join('::')}": expected ocf::PROVIDER::AGENT::KEY=VALUE, as in ocf::heartbeat::Filesystem::device=/dev/vdb`,
    );
  const bad = pairs.find((pair) => !/^\w+=/.test(pair));
  if (bad !== undefined) throw new RangeError(`ocf: "${bad}": expected KEY=VALUE`);
  return { provider, agent, pairs };
}

function reskey(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return [`OCF_RESKEY_${pair.slice(0, at)}`, pair.slice(at + 1)];
}
