export { findConfig } from './find.ts';
export { type ReadOptions, readConfig } from './read.ts';
export { type ConfigReport, configReport } from './report.ts';
export type { Resolver } from './resolver.ts';
