/** Rooms of lib/ whose own tests reach all of them in one process: V8's counters cost little there. */
export const PURE = 'config,pool,schedulers,state';

/** Whether what this test file runs is counted. @param file  its path */
export function isCounted(file, { COVERAGE = '', NODE_V8_COVERAGE } = process.env) {
  if (NODE_V8_COVERAGE === undefined || COVERAGE === 'all') return true;
  return COVERAGE.split(',').some((room) => file.includes(`/dist/test/${room}/`));
}
