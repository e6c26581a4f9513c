import type { ServiceStatus } from '../../lib/model/status.ts';
import { realStatus, serviceStatus } from './status.ts';

/** A service for each state that there is, with servers in every one. */
export function ofAllKinds(): readonly ServiceStatus[] {
  const { check } = realStatus();
  const down = { ...realStatus(), weight: 0, state: 'down' } as const;
  const override = {
    state: 'drain',
    weight: null,
    by: 'page user anna',
    since: '2026-11-23T18:00:00.000Z',
  } as const;
  return [
    serviceStatus({
      persistent: 300,
      reals: [
        realStatus(),
        realStatus({
          id: '10.1.1.22:80',
          ...override,
          state: 'drain',
          weight: 0,
          override,
        }),
        realStatus({
          ...down,
          id: '10.1.1.23:80',
          check: check && {
            ...check,
            up: false,
            message: 'connect ECONNREFUSED 10.1.1.23:80',
          },
        }),
        realStatus({
          id: 'fallback:127.0.0.1:80',
          fallback: true,
          weight: 0,
          check: null,
        }),
      ],
    }),
    serviceStatus({
      id: 'udp:[2001:db8::19]:53',
      state: 'fallback',
      scheduler: 'wlc',
      reals: [
        realStatus({ ...down, id: '[2001:db8::21]:53', state: 'maintenance' }),
        realStatus({
          ...down,
          id: '[2001:db8::22]:53',
          state: 'starting',
          check: null,
        }),
      ],
    }),
    serviceStatus({
      id: 'fwm:5',
      state: 'failed',
      problem: 'there is no engine for it',
      reals: [realStatus({ id: '10.1.1.31:0', state: 'unchecked' })],
    }),
    serviceStatus({ id: 'tcp:10.1.1.20:25', state: 'down', reals: [] }),
    serviceStatus({ id: 'tcp:10.1.1.20:26', state: 'waiting-for-address', reals: [] }),
  ];
}
