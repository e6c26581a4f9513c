import type { Check } from '../model/check.ts';
import { runChild } from './child.ts';
import { serverWords, verdict } from './external.ts';
import { describe } from './message.ts';

/** Runs a file as ldirectord does, as the body of a function: it may return, or just end. */
const WRAPPER = `
my $file = shift @ARGV;
-r $file or die "cannot read $file: $!\\n";
$0 = $file;
do($file =~ m{^/} ? $file : "./$file");
die $@ if $@;
exit 0;
`;

/** `checktype = external-perl`: up when the Perl script ends, returns, or exits with 0; down
 *  when it dies or does not compile. A Perl of its own for every check: what the script keeps
 *  in variables is not there the next time, and functions of ldirectord's are not to be had. */
export const externalPerlCheck: Check = async (target, { signal }) => {
  const args = ['-e', WRAPPER, '--', target.checkcommand, ...serverWords(target)];
  try {
    return verdict(await runChild('perl', args, signal));
  } catch (error) {
    const missing =
      error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const mend =
      ': Perl is not installed: apt-get install perl, or use checktype=external';
    return { up: false, message: `${describe(error)}${missing ? mend : ''}` };
  }
};
