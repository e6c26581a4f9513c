import t from 'tap';
import { migrationAdvice, migrationDoubt } from '../../lib/daemon/migration.ts';

/** A procfs where the kernel's setting is that. */
const proc = (t: import('tap').Test, value: string) =>
  t.testdir({ sys: { net: { ipv4: { tcp_migrate_req: value } } } });

t.test('whoever is lost at a handover is told of with the mend', async (t) => {
  t.match(migrationDoubt(proc(t, '0\n')), /set net\.ipv4\.tcp_migrate_req = 1/);
  t.equal(migrationDoubt(proc(t, '1\n')), undefined);
  t.match(migrationDoubt(t.testdir()), /this kernel cannot .*, Linux 5\.14 can/);
});

t.test('a start says so where several threads could lose them', async (t) => {
  t.match(
    migrationAdvice(2, proc(t, '0\n')),
    /net\.ipv4\.tcp_migrate_req = 1 keeps them/,
  );
  t.equal(migrationAdvice(2, proc(t, '1\n')), undefined);
  t.equal(migrationAdvice(1, proc(t, '0\n')), undefined, 'one thread');
  t.equal(migrationAdvice(0, proc(t, '0\n')), undefined, 'another engine');
  t.equal(migrationAdvice(2, t.testdir()), undefined, 'a kernel that cannot');
});
