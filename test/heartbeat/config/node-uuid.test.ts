import t from 'tap';
import { uuidOfName, uuidText } from '../../../lib/heartbeat/config/node-uuid.ts';

t.test('names have the uuids that Heartbeat gives them', async (t) => {
  t.equal(uuidText(uuidOfName('lb1')), '0e408edf-f2d2-035a-bb5b-3dc9e89ab60b');
  t.equal(uuidText(uuidOfName('lb2')), 'd0eb20b6-5da7-f4b5-5e00-3799778f2480');
});
