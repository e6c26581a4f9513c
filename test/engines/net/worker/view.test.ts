import t from 'tap';
import { Memory, RECORDS_A_SEGMENT } from '../../../../lib/engines/net/table/memory.ts';
import {
  COLUMN_AT,
  ServerRecord,
} from '../../../../lib/engines/net/table/server-record.ts';
import { ServiceRecord } from '../../../../lib/engines/net/table/service-record.ts';
import { RealServer } from '../../../../lib/engines/net/worker/real-server.ts';
import { RecordView } from '../../../../lib/engines/net/worker/view.ts';
import type { ColumnName } from '../../../../lib/model/scheduler.ts';
import { SCHEDULERS } from '../../../../lib/schedulers/index.ts';
import { client } from '../../../support/plain-view.ts';

/** Five servers with different weights and loads, in these records of a memory of two segments. */
function viewOf(records: readonly number[]): RecordView {
  const memory = new Memory(1);
  memory.grow();
  memory.grow();
  const service = new ServiceRecord(memory.cell(9), 0, 1);
  const view = new RecordView(service, client().address, () => 0);
  const servers = records.map((record, row) => {
    const server = new ServerRecord(memory.cell(record), 0);
    server.set({
      weight: [3, 1, 0, 2, 5][row] ?? 1,
      lower: 0,
      upper: row === 0 ? 4 : 0,
    });
    for (let n = 0; n < 4 + ((row * 3) % 5); n++) server.open();
    const address = `10.0.0.${row + 1}`;
    const place = { id: address, address, port: 80, problem: undefined, cut: false };
    const carried = { ...place, record, generation: 1 };
    return new RealServer('', carried, server);
  });
  view.replace(servers);
  return view;
}

const NAMES = Object.keys(COLUMN_AT).filter(
  (name): name is ColumnName => name in COLUMN_AT,
);
const NEAR = [0, 1, 2, 3, 4];
const FAR = [0, 1, RECORDS_A_SEGMENT, 3, RECORDS_A_SEGMENT + 4];

function read(view: RecordView, name: ColumnName): (number | undefined)[] {
  const { values, at } = view.column(name);
  return [...at].map((place) => values[place]);
}

t.test('columns are the same wherever the records lie', async (t) => {
  for (const name of NAMES)
    t.same(read(viewOf(FAR), name), read(viewOf(NEAR), name), name);
  t.same(read(viewOf(FAR), 'eligibleWeight'), [0, 1, 0, 2, 5]);
});

t.test('every scheduler picks the same, wherever the records lie', async (t) => {
  for (const [name, scheduler] of Object.entries(SCHEDULERS)) {
    const [near, far] = [viewOf(NEAR), viewOf(FAR)];
    const rows = (view: RecordView) => {
      view.random = () => 0.7;
      return Array.from({ length: 12 }, () => scheduler.pick(view, client()));
    };
    t.same(rows(far), rows(near), name);
  }
});

t.test('who is left out is not picked, and comes back', async (t) => {
  const view = viewOf(NEAR);
  const all = SCHEDULERS.wlc.pick(view, client());
  const chosen = view.server(all ?? -1);
  if (!chosen) throw new RangeError('a pick');
  view.leftOut = [chosen];
  t.not(SCHEDULERS.wlc.pick(view, client()), all);
  view.everyone();
  t.equal(SCHEDULERS.wlc.pick(view, client()), all);
});
