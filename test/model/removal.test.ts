import t from 'tap';
import { endsAtRemoval } from '../../lib/model/removal.ts';
import { configure } from '../../lib/pool/configure.ts';
import { takeReport } from '../../lib/pool/take-report.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';
import { A, B } from '../support/pool-cast.ts';
import { good, NOON } from '../support/reports.ts';

const realsFrom = [{ name: 'www.lab', method: 'masq', port: 80, weight: 1 }] as const;
const named = { ...OPTIONS, realsFrom };

/** Servers that a name gave, and one of the file. */
const before = aService({
  quiescent: false,
  reals: [{ ...aReal(A), from: 'www.lab' }, aReal(B)],
  options: named,
});
const { pool } = configure(undefined, before, 'checked', NOON);
const both = [A, B].reduce((now, id) => takeReport(now, id, good()).pool, pool);
const [byName, byFile] = both.entry.servers;

t.test('what leaves with its name drains, all else ends', async (t) => {
  if (!byName || !byFile) throw new Error('two servers were expected');
  const other = { reals: [aReal(B)], options: named };
  t.equal(endsAtRemoval(byName, before, other), false, 'the name has others');
  t.equal(endsAtRemoval(byName, before, undefined), true, 'the service is gone');
  const without = { reals: [aReal(B)], options: OPTIONS };
  t.equal(endsAtRemoval(byName, before, without), true, 'the file asks for no name');
  const down = { reals: before.reals, options: named };
  t.equal(endsAtRemoval(byName, before, down), true, 'it is named, and down');
  t.equal(endsAtRemoval(byFile, before, other), true, 'of the file');
  const kept = { ...byFile, onRemoval: 'keep' } as const;
  t.equal(endsAtRemoval(kept, before, undefined), false);
});
