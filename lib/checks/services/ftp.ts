import type {
  Check,
  CheckContext,
  CheckResult,
  CheckTarget,
} from '../../model/check.ts';
import { parted } from '../goodbye.ts';
import { type LineSocket, openLines } from '../line-socket.ts';
import { describe } from '../message.ts';
import { secretsOf } from '../secrets.ts';
import { peerOf } from '../socket.ts';
import { command, reply } from './ftp-control.ts';
import { type FtpFile, fetchFile } from './ftp-transfer.ts';
import { count, judgeReceived } from './received.ts';

/** 421: the server gives up altogether. */
const ANYTHING_ELSE = /^(?!421)[2-5]/;

/** `service = ftp`: up when the file that the request names can be fetched, and matches where
 *  there is a receive. As for ldirectord, what came of a file counts, whatever happens after.
 *  Source: ldirectord(8), observed; RFC 959. */
export const ftpCheck: Check = async (target, context) => {
  try {
    return await judge(await converse(target, context.signal), target, context);
  } catch (error) {
    return { up: false, message: describe(error) };
  }
};

async function converse(target: CheckTarget, signal: AbortSignal): Promise<FtpFile> {
  const { address: host, request, bodyLimit } = target;
  using lines = await openLines(
    { ...peerOf(target), secrets: secretsOf(target) },
    signal,
  );
  await reply(lines, 'a 220 greeting', /^2/);
  await logIn(lines, target);
  // ldirectord goes on whatever is said to these; then RETR tells.
  await command(lines, 'CWD /', '250', ANYTHING_ELSE);
  await command(lines, 'TYPE I', '200', ANYTHING_ELSE);
  const transfer = { host, path: request, limit: bodyLimit };
  const file = await fetchFile(lines, transfer, signal);
  await parted(command(lines, 'QUIT', '221', /^221/));
  return file;
}

async function logIn(lines: LineSocket, { login, passwd }: CheckTarget): Promise<void> {
  const answer = await command(lines, `USER ${login}`, '331', /^(2|331)/);
  if (answer.startsWith('331')) await command(lines, `PASS ${passwd}`, '230', /^2/);
}

async function judge(
  file: FtpFile,
  target: CheckTarget,
  context: CheckContext,
): Promise<CheckResult> {
  const { bytes, tooLong, problem } = file;
  const { receive, bodyLimit } = target;
  const matched = receive !== undefined && receive.perl !== '';
  if (problem !== undefined && (bytes.length === 0 || !matched))
    return { up: false, message: problem };
  const size = tooLong ? `more than ${count(bodyLimit)}` : count(bytes.length);
  const after = problem === undefined ? '' : `, then ${problem}`;
  const praise = `file of ${size}${after}`;
  return await judgeReceived(
    { what: 'file', bytes, tooLong },
    target,
    context,
    praise,
    after,
  );
}
