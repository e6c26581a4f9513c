import type { DirectorEvent } from '../../../model/event.ts';
import type { Override } from '../../../model/override.ts';
import type { AgentStatus, RealStatus, ServiceState } from '../../../model/status.ts';

/** How a state looks; its word is always beside it. */
export type Tone = 'good' | 'bad' | 'care' | 'idle';

const TONES: Readonly<Record<string, Tone>> = {
  up: 'good',
  down: 'bad',
  failed: 'bad',
  panic: 'bad',
  drain: 'care',
  maintenance: 'care',
  fallback: 'care',
  'waiting-for-address': 'idle',
  starting: 'idle',
  unchecked: 'idle',
  standby: 'idle',
};

export function toneOf(state: string): Tone {
  return TONES[state] ?? 'idle';
}

export function wordOf(state: ServiceState | string): string {
  return state.replaceAll('-', ' ');
}

/** A fallback that carries nothing is no server that is down. */
export function stateOf({ fallback, weight, state }: RealStatus): string {
  if (!fallback) return state;
  return weight > 0 ? 'up' : 'standby';
}

/** `3`, or `0 of 3` where another one is in the file; `2 (25 %)` while it warms up. */
export function weightText(status: RealStatus): string {
  const { weight, configuredWeight, override, agent, warming } = status;
  if (warming !== null) return `${weight} (${warming} %)`;
  const wanted = override?.weight ?? agent?.weight ?? configuredWeight;
  return weight === wanted ? `${weight}` : `${weight} of ${wanted}`;
}

/** What its agent has said, in words. */
export function agentWords(agent: AgentStatus | null): string {
  if (agent === null) return 'none';
  const { percent, state, down, problem } = agent;
  const words = [
    ...(percent === null ? [] : [`${percent}%`]),
    ...(state === 'ready' ? [] : [state]),
    ...(down === null ? [] : [down]),
  ];
  const silent = problem === null ? '' : `; silent: ${problem}`;
  return `${words.join(', ') || 'ready'}${silent}`;
}

/** What was changed at run time, in words. */
export function overrideText(override: Override): string {
  const { state, weight, by } = override;
  const what = [
    ...(state === 'ready' ? [] : [state]),
    ...(weight === null ? [] : [`weight ${weight}`]),
  ];
  return `${what.join(', ') || 'ready'}, by ${by}`;
}

/** One line of the timeline. */
export interface EventWords {
  /** The state that it is about; undefined: none. */
  readonly state: string | undefined;
  readonly title: string;
  readonly detail: string;
}

export function eventWords(event: DirectorEvent): EventWords {
  switch (event.type) {
    case 'real':
      return {
        state: event.to ?? 'standby',
        title: `${event.real} ${passage(event.from, event.to)}`,
        detail: listed(`weight ${event.weight}`, event.service, event.message),
      };
    case 'service':
      return {
        state: event.to ?? 'standby',
        title: `${event.service} ${passage(event.from, event.to)}`,
        detail: 'virtual service',
      };
    case 'change':
      return {
        state: undefined,
        title: changeText(event),
        detail: listed(`by ${event.by}`, event.real === null ? null : event.service),
      };
    case 'reload':
      return {
        state: event.ok ? undefined : 'failed',
        title: event.ok ? 'Configuration read again' : 'Reload refused',
        detail: event.reason ?? '',
      };
  }
}

function listed(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(' · ');
}

function passage(from: string | null, to: string | null): string {
  if (to === null) return 'has left the configuration';
  if (from === null) return `is new: ${wordOf(to)}`;
  return from === to ? `stays ${wordOf(to)}` : `${wordOf(from)} → ${wordOf(to)}`;
}

function changeText(event: DirectorEvent & { readonly type: 'change' }): string {
  const of = event.real ?? event.service ?? 'everything';
  switch (event.what) {
    case 'drain':
      return `drain of ${of} within ${event.new} s`;
    case 'agent':
      return `what the agent of ${of} held is forgotten`;
    case 'connections':
    case 'persistence':
      return `${event.what} of ${of}: ${event.old} ended`;
    default:
      return `${event.what} of ${of}: ${event.old} → ${event.new}`;
  }
}
