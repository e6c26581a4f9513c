import fc from 'fast-check';
import t from 'tap';
import { type Member, Members } from '../../../../lib/engines/net/worker/members.ts';

t.test('holds what was added and not deleted, whatever the order', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), (turns) => {
      const all: Member[] = Array.from({ length: 10 }, () => ({ place: -1 }));
      const members = new Members<Member>();
      const plain = new Set<Member>();
      for (const turn of turns) {
        const one = all[turn];
        if (!one) continue;
        if (plain.delete(one)) members.delete(one);
        else members.add(one);
        if (one.place !== -1) plain.add(one);
      }
      const now = [...members];
      return now.length === plain.size && now.every((one) => plain.has(one));
    }),
  );
  t.pass('as a Set does');
});

t.test('members may leave while it is walked over', async (t) => {
  const members = new Members<Member>();
  for (let n = 0; n < 5; n++) members.add({ place: -1 });
  let seen = 0;
  for (const one of members) {
    members.delete(one);
    seen++;
  }
  t.equal(seen, 5);
  t.same([...members], []);
});
