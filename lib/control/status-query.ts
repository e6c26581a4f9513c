import { MOST_CHECKS } from '../model/status.ts';
import type { Refusal } from './routes.ts';

/** How many results of each real server `?checks=N` asks for: 0 where it is not there, else 1 to
 *  {@link MOST_CHECKS}. Other words in the query are left aside. */
export function checksAsked(query: URLSearchParams): number | Refusal {
  const given = query.getAll('checks');
  if (given.length === 0) return 0;
  const [text = ''] = given;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (given.length === 1 && number >= 1 && number <= MOST_CHECKS) return number;
  const range = `a whole number, 1 to ${MOST_CHECKS}`;
  return {
    status: 400,
    message: `checks=${given.join(', ')}: expected once ${range}, as in "?checks=${MOST_CHECKS}"`,
  };
}
