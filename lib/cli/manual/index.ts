import { commandPage } from './command-page.ts';
import { iniPage } from './ini-page.ts';

/** The pages of the manual by their file names, as mdoc(7). `npm run build` writes them. */
export const PAGES: Readonly<Record<string, (date: Date) => string>> = {
  'l4director.8': commandPage,
  'l4director.ini.5': iniPage,
};
