import { endpoint } from '../../lib/model/address.ts';
import type { ServerEntry, ServiceEntry } from '../../lib/model/engine.ts';
import type {
  ServiceOptions,
  VirtualService,
} from '../../lib/model/virtual-service.ts';

type Changes = Partial<Omit<VirtualService, 'options'>> & {
  readonly options?: Partial<ServiceOptions>;
};

const OPTIONS: ServiceOptions = {
  engine: 'net',
  connectTimeoutMs: 3000,
  idleTimeoutMs: 900_000,
  halfClosedTimeoutMs: 60_000,
  tlsVerify: true,
  tlsCa: undefined,
  bodyLimit: 1024,
};

/** A virtual service as the parser would make it, with what a test wants otherwise. */
export function virtualService(
  address: string,
  port: number,
  { options, ...changes }: Changes = {},
): VirtualService {
  return {
    id: `tcp:${endpoint(address, port)}`,
    line: 1,
    protocol: 'tcp',
    family: address.includes(':') ? 'inet6' : 'inet',
    address,
    port,
    fwmark: undefined,
    scheduler: 'rr',
    schedflags: undefined,
    persistent: undefined,
    netmask: undefined,
    ops: false,
    checktype: 'on',
    checkport: undefined,
    checkcommand: '/bin/true',
    checktimeout: 5,
    negotiatetimeout: 30,
    checkinterval: 10,
    checkcount: 1,
    failurecount: 1,
    service: 'none',
    request: '/',
    receive: undefined,
    httpmethod: 'GET',
    virtualhost: undefined,
    login: '',
    passwd: '',
    database: '',
    secret: '',
    quiescent: true,
    readdquiescent: false,
    cleanstop: true,
    fallback: undefined,
    fallbackcommand: undefined,
    emailalert: undefined,
    emailalertfreq: 0,
    emailalertstatus: [],
    emailalertfrom: undefined,
    smtp: undefined,
    monitorfile: undefined,
    servicename: undefined,
    comment: undefined,
    reals: [],
    options: { ...OPTIONS, ...options },
    ...changes,
  };
}

/** A server entry in force; weight 1, no thresholds, kept on removal unless said otherwise. */
export function serverEntry(
  at: { readonly address: string; readonly port: number },
  changes: Partial<ServerEntry> = {},
): ServerEntry {
  const { address, port } = at;
  return {
    id: endpoint(address, port),
    address,
    port,
    method: 'masq',
    weight: 1,
    lower: 0,
    upper: 0,
    fallback: false,
    onRemoval: 'keep',
    ...changes,
  };
}

export function entry(
  service: VirtualService,
  ...servers: readonly ServerEntry[]
): ServiceEntry {
  return { service, servers };
}
