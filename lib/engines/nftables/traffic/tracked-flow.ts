import { type TcpState, tcpState } from '../../tcp-state.ts';
import type { Flow } from '../picking/conntrack-line.ts';

/** A flow as the kernel lists it. */
export interface TrackedFlow extends Flow {
  readonly client: string;
  readonly clientPort: number;
  readonly state: TcpState;
  /** Since it began; null: the kernel does not note it (nf_conntrack_timestamp). */
  readonly ageSeconds: number | null;
  /** From the client and to it, headers included; null: the kernel does not count (nf_conntrack_acct). */
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
}

const CLIENT = /src=(?<client>\S+) dst=\S+ sport=(?<clientPort>\d+)/;
const TCP_STATE = /^\s*tcp\s+\d+\s+(?:\d+\s+)?(?<word>[A-Z]\w*)/;
const AGE = /\sdelta-time=(?<seconds>\d+)/;
const BYTES = /\sbytes=(\d+)/g;

/** All that the flow's line says. Source: conntrack(8), observed with 1.4.7. */
export function trackedFlow(flow: Flow, line: string): TrackedFlow {
  const { client = '', clientPort } = CLIENT.exec(line)?.groups ?? {};
  const age = AGE.exec(line)?.groups?.seconds;
  const [bytesIn, bytesOut] = [...line.matchAll(BYTES)].map(([, bytes]) =>
    Number(bytes),
  );
  return {
    ...flow,
    client,
    clientPort: Number(clientPort),
    state: stateOf(flow, line),
    ageSeconds: age === undefined ? null : Number(age),
    bytesIn: bytesIn ?? null,
    bytesOut: bytesOut ?? null,
  };
}

/** What a flow is known by: the kernel's number alone is not always one flow's. */
export function nameOf({
  id,
  clientPort,
}: Pick<TrackedFlow, 'id' | 'clientPort'>): string {
  return `f${id}-${clientPort}`;
}

/** Whether {@link nameOf} may have made it. */
export function isName(name: string): boolean {
  return /^f\d+-\d+$/.test(name);
}

/** Whether the kernel only keeps it in mind. */
export function isOver(flow: Flow, line: string): boolean {
  return stateOf(flow, line) === 'over';
}

function stateOf({ protocol, active, answered }: Flow, line: string): TcpState {
  if (protocol === 'udp') return answered ? 'open' : 'opening';
  return active ? 'open' : tcpState(TCP_STATE.exec(line)?.groups?.word);
}
