import type { RealStatus, ServiceStatus, StatusDocument } from '../../model/status.ts';
import { checkWord } from './check-words.ts';
import { FIRST_IID, isChecked, wantedWeight } from './stat-rows.ts';

const HEADER =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';

/** Bits of srv_admin_state: maintenance by an operator, and by the configuration; drain. */
const ADMIN = { forced: 1, configured: 4, drain: 8 } as const;
const STOPPED = 0;
const RUNNING = 2;
/** Not yet; failed; passed. */
const RESULT = { none: 0, failed: 2, passed: 3 } as const;
/** No result so far, and none ever. */
const NO_RESULT = 1;
/** Bits of srv_check_state: there is a check; it is made; it rests in maintenance; it is an agent's. */
const CHECK = { configured: 2, enabled: 4, paused: 8, agent: 16 } as const;

/** `show servers state`, of all services or of one. Source: HAProxy 2.6, observed; its management
 *  guide. */
export function serversState(
  { services }: StatusDocument,
  only: ServiceStatus | undefined,
  now: number,
): string {
  const lines = services.flatMap((service, place) =>
    only && service !== only
      ? []
      : service.reals.map((real, row) =>
          [
            ...[place + FIRST_IID, service.id, row + 1, real.id],
            ...stateOf(real, now),
          ].join(' '),
        ),
  );
  return ['1', HEADER, ...lines].join('\n');
}

function stateOf(real: RealStatus, now: number): readonly (string | number)[] {
  const { address, port, configuredWeight, since } = real;
  const running = isRunning(real);
  const age = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  const agent = real.agent ? CHECK.configured | CHECK.enabled | CHECK.agent : 0;
  const forced = [agent, 0, 0];
  const tail = ['-', port, '-', 0, 0, '-', '-', real.agent?.port ?? 0];
  return [
    ...[address, running ? RUNNING : STOPPED, adminState(real)],
    ...[wantedWeight(real), configuredWeight, age],
    ...[...checkState(real, running), ...forced, ...tail],
  ];
}

function isRunning({ state, fallback, inForce }: RealStatus): boolean {
  if (fallback || state === 'unchecked') return inForce;
  return state === 'up' || state === 'drain' || state === 'standby';
}

/** An agent forces a state as an operator does. */
function adminState({ state, override, agent }: RealStatus): number {
  const forced = [override?.state, agent?.state];
  if (state === 'maintenance')
    return forced.includes('maintenance') ? ADMIN.forced : ADMIN.configured;
  return forced.includes('drain') ? ADMIN.drain : 0;
}

/** Status, result, health and state of its check. Health rises by one good check. */
function checkState(real: RealStatus, running: boolean): readonly number[] {
  const { check } = real;
  if (!isChecked(real)) return [NO_RESULT, RESULT.none, running ? 1 : 0, 0];
  const paused = real.state === 'maintenance' ? CHECK.paused : 0;
  const made = CHECK.configured | CHECK.enabled | paused;
  if (!check) return [NO_RESULT, RESULT.none, 0, made];
  const result = check.up ? RESULT.passed : RESULT.failed;
  return [checkWord(check).number, result, running ? 1 : 0, made];
}
