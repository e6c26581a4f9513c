import type { Row, Scheduler, ServiceView } from '../model/scheduler.ts';

/** Round-robin: the next eligible server after the last one chosen; weights do not count. The
 *  turn follows that server when others come, go or change places. The cursor holds its key, and
 *  the row that it had. Grows with the ineligible servers that it has to pass; the first pick
 *  after a change of the table also with the servers. Source: ipvsadm(8), "rr". */
export const rr: Scheduler = {
  summary: 'one after the other',
  pick(service) {
    const { size, cursor } = service;
    const { values: weights, at } = service.column('eligibleWeight');
    const start = firstToAsk(service);
    for (let step = 0; step < size; step++) {
      const row = start + step < size ? start + step : start + step - size;
      if (weights[at[row] ?? 0] === 0 || !service.eligible(row)) continue;
      cursor[0] = service.key(row);
      cursor[1] = row;
      return row;
    }
    return undefined;
  },
};

/** @returns at most `size` */
function firstToAsk(service: ServiceView): Row {
  const { size, cursor } = service;
  const [key = 0, was = 0] = cursor;
  if (key === 0) return 0;
  if (was < size && service.key(was) === key) return was + 1;
  for (let row = 0; row < size; row++) if (service.key(row) === key) return row + 1;
  return Math.min(was, size); // of a table that this worker does not have yet, or any more
}
