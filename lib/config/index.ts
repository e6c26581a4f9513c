export { CONFIG_FOLDERS, findConfig } from './find.ts';
export { iniPlaces } from './ini.ts';
export { type ReadOptions, readConfig } from './read.ts';
export { configReport } from './report.ts';
export type { Resolver } from './resolver.ts';
