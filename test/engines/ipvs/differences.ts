/** What happened before the calls: a start, a reload, a change of servers, the same in a table that
 *  somebody has emptied, the end. */
export type Moment = 'start' | 'reload' | 'change' | 'flush' | 'stop';

/** Calls that one of the two makes and the other does not, and why. */
export interface Difference {
  readonly by: 'ldirectord' | 'l4director';
  readonly at: readonly Moment[];
  readonly call: RegExp;
  readonly why: string;
}

/** All of them. A difference that is not listed fails the test, and so does a row that none of the
 *  stories needs. */
export const DIFFERENCES: readonly Difference[] = [
  {
    by: 'ldirectord',
    at: ['start', 'reload'],
    call: /^-[ade] /,
    why: 'every server gets its weight for an instant and loses it again until it was checked, and the fallback comes and goes with that; here a server gets traffic after its first good check',
  },
  {
    by: 'ldirectord',
    at: ['change'],
    call: / -r 10\.1\.1\.5\d:8080 -[gi] /,
    why: 'with gate and ipip ipvsadm takes the port of the service, whatever it is given',
  },
  {
    by: 'l4director',
    at: ['change'],
    call: / -r 10\.1\.1\.5\d:80 -[gi] /,
    why: 'so that is the port that it is given',
  },
  {
    by: 'l4director',
    at: ['start', 'reload'],
    call: /^-a /,
    why: 'what ldirectord adds and edits right after is added as it is to be',
  },
  {
    by: 'ldirectord',
    at: ['reload'],
    call: /^-E /,
    why: 'every service is edited; here those that have changed',
  },
  {
    by: 'l4director',
    at: ['flush'],
    call: /^-[Aa] /,
    why: 'what somebody took out comes back with the next change',
  },
  {
    by: 'ldirectord',
    at: ['reload'],
    call: /^-A /,
    why: 'services that somebody took out come back with a reload; here they are there already',
  },
  {
    by: 'ldirectord',
    at: ['stop'],
    call: /^-d /,
    why: 'servers are taken out before their service; here the kernel takes them out with it, which is one call a service where shutdown must not last',
  },
];

/** Calls that only one made.
 *  @returns the rows that explain them, and those that nothing explains as `WHO: CALL` */
export function explain(
  moment: Moment,
  theirs: readonly string[],
  ours: readonly string[],
): { readonly used: readonly Difference[]; readonly unexplained: readonly string[] } {
  const used = new Set<Difference>();
  const unexplained: string[] = [];
  const look = (by: Difference['by'], calls: readonly string[]) => {
    for (const call of calls) {
      const row = DIFFERENCES.find(
        (row) => row.by === by && row.at.includes(moment) && row.call.test(call),
      );
      if (row) used.add(row);
      else unexplained.push(`${by}: ${call}`);
    }
  };
  look('ldirectord', without(theirs, ours));
  look('l4director', without(ours, theirs));
  return { used: [...used], unexplained };
}

/** Calls of the one list that are not in the other, as often as they are missing. */
function without(
  calls: readonly string[],
  others: readonly string[],
): readonly string[] {
  const left = [...others];
  return calls.filter((call) => {
    const at = left.indexOf(call);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
