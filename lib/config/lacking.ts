import { missingPackage } from '../model/packages.ts';
import type { DirectiveName } from './directives.ts';
import type { Findings } from './findings.ts';
import { lastSetting, type ParsedSection, type Setting } from './parse.ts';
import type { ParsedService } from './service.ts';

/** Tells what the service asks for and this machine lacks: npm packages. Once for a line, which
 *  may stand for many services. */
export function reportLacking(
  service: ParsedService,
  section: ParsedSection,
  global: readonly Setting[],
  findings: Findings,
): void {
  const tell = (about: DirectiveName, problem: string) => {
    const { line } =
      lastSetting(section.settings, about) ?? lastSetting(global, about) ?? section;
    const { warnings } = findings.all();
    if (!warnings.some((told) => told.line === line && told.message === problem))
      findings.lack(line, problem);
  };
  const { checktype, unavailable, emailalert, smtp } = service;
  const asked = checktype === 'negotiate' ? 'service' : 'checktype';
  if (unavailable !== undefined) tell(asked, unavailable);
  if (!emailalert || !smtp) return;
  const missing = missingPackage('nodemailer');
  if (missing !== undefined) tell('smtp', `smtp = ${smtp} needs ${missing}`);
}
