import { aService } from '../../support/config.ts';
import { serverAt, tableOf } from '../../support/engine-rig.ts';

/** A service, its two servers, and the table of them. */
export const SERVICE = aService();
export const FIRST = serverAt('10.1.1.21', 80, { weight: 5 });
export const SECOND = serverAt('10.1.1.22', 80);
export const BOTH = tableOf(SERVICE, FIRST, SECOND);

/** As {@link IpvsTable.rows} gives it. */
export const BOTH_ROWS = [
  'TCP  10.1.1.19:80 wrr',
  '  10.1.1.21:80 Masq 5 u:0 l:0',
  '  10.1.1.22:80 Masq 1 u:0 l:0',
];
