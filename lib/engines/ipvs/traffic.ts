import { createHash } from 'node:crypto';
import { endpoint } from '../../model/address.ts';
import { addressBytes } from '../../model/address-bytes.ts';
import type { ServiceTable } from '../../model/engine.ts';
import { NOTHING_LISTED } from '../../model/listed.ts';
import type {
  Connection,
  ConnectionFilter,
  Listed,
  PersistenceEntry,
  PersistenceFilter,
  Traffic,
} from '../../model/traffic.ts';
import { askedKey, clientKey, clientName } from '../client-key.ts';
import { type TcpState, tcpState } from '../tcp-state.ts';
import { Turns } from '../turns.ts';
import { connectionLine, type KernelConnection } from './connection-line.ts';
import type { Ipvsadm } from './ipvsadm.ts';
import { type Owner, Owners } from './owners.ts';

const OTHER_ENGINES = 'or carry the service with engine = nftables or net';
const NO_END = `IPVS has no command that ends a connection: give the real server weight 0 and let its connections end; or set "sysctl -w net.ipv4.vs.expire_nodest_conn=1" and take it out of the config with quiescent = no, which resets them; ${OTHER_ENGINES}`;
const NO_FORGETTING = `IPVS has no command that forgets a client: "sysctl -w net.ipv4.vs.expire_quiescent_template=1" makes it forget those of real servers of weight 0; ${OTHER_ENGINES}`;

interface Parties {
  readonly ipvsadm: Pick<Ipvsadm, 'connections'>;
  /** One reading at a time, whoever asks. */
  readonly readings: Turns;
  /** What is in force. */
  table(): ServiceTable;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
}

/** What IPVS leads to servers. It can only be looked at. */
export function createTraffic(given: Omit<Parties, 'readings'>): Traffic {
  const parties = { ...given, readings: new Turns() };
  return {
    connections: (filter, most) => connections(parties, filter, most),
    async end(filter) {
      const { total } = await connections(parties, filter, 0);
      if (total > 0) throw new Error(NO_END);
      return 0;
    },
    persistence: (filter, most) => persistence(parties, filter, most),
    async forget(filter) {
      const { total } = await persistence(parties, filter, 0);
      if (total > 0) throw new Error(NO_FORGETTING);
      return 0;
    },
  };
}

async function connections(
  parties: Parties,
  filter: ConnectionFilter,
  most: number,
): Promise<Listed<Connection>> {
  const { id } = filter;
  if (id !== undefined && !/^i[0-9a-f]+$/.test(id)) return NOTHING_LISTED;
  const items: Connection[] = [];
  let total = 0;
  await each(parties, filter, (connection, owner) => {
    const state = stateOf(connection);
    if (connection.client.port === 0 || state === 'over') return;
    if (id !== undefined && id !== nameOf(connection)) return;
    total++;
    if (items.length < most) items.push(described(connection, owner, state));
  });
  return { items, total };
}

async function persistence(
  parties: Parties,
  filter: PersistenceFilter,
  most: number,
): Promise<Listed<PersistenceEntry>> {
  const items: PersistenceEntry[] = [];
  let total = 0;
  await each(parties, filter, ({ client, expiresSeconds }, { service, server }) => {
    if (client.port !== 0) return;
    const key = clientKey(service.netmask);
    const own = key(addressBytes(client.address));
    const asked = filter.client === undefined ? own : askedKey(filter.client, key);
    if (asked !== own) return;
    total++;
    if (items.length >= most) return;
    const name = clientName(own, service.netmask);
    items.push({ service: service.id, server, client: name, expiresSeconds });
  });
  return { items, total };
}

/** Nothing is called where none can be meant. */
async function each(
  { ipvsadm, readings, table, signal }: Parties,
  { service: id, server }: Pick<ConnectionFilter, 'service' | 'server'>,
  visit: (connection: KernelConnection, owner: Owner) => void,
): Promise<void> {
  const entries = table();
  if (!entries.some(({ service }) => (id ?? service.id) === service.id)) return;
  const owners = new Owners(entries);
  const hear = (line: string) => {
    const connection = connectionLine(line);
    const owner = connection && owners.of(connection);
    if (!owner || (id ?? owner.service.id) !== owner.service.id) return;
    if ((server ?? owner.server) === owner.server) visit(connection, owner);
  };
  await readings.take(() => ipvsadm.connections(hear, signal));
}

/** Made of what tells it from all others at a time. */
function nameOf({ protocol, client, virtual }: KernelConnection): string {
  const ends = [client, virtual].map(({ address, port }) => endpoint(address, port));
  const hash = createHash('sha256').update([protocol, ...ends].join(' '));
  return `i${hash.digest('hex').slice(0, 16)}`;
}

function stateOf({ protocol, state }: KernelConnection): TcpState {
  return protocol === 'TCP' ? tcpState(state) : 'open';
}

function described(
  connection: KernelConnection,
  owner: Owner,
  state: Connection['state'],
): Connection {
  const { client, protocol } = connection;
  return {
    id: nameOf(connection),
    service: owner.service.id,
    server: owner.server,
    client: endpoint(client.address, client.port),
    protocol: protocol === 'TCP' ? 'tcp' : 'udp',
    state,
    since: null,
    bytesIn: null,
    bytesOut: null,
  };
}
