/** The longest delay that setTimeout() takes, some 24.8 days; beyond it the timer fires at once.
 *  ldirectord takes times of any length. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
