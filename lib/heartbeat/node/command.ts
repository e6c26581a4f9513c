import { type Message, textOf } from '../wire/message.ts';

/** Fields that the sender of a message adds itself. */
const ADDED: ReadonlySet<string> = new Set([
  ...['destuuid', 'src', 'srcuuid', 'seq', 'hg', 'ts', 'ld', 'ttl', 'auth'],
]);
const TYPE = /^[A-Za-z][\w-]{0,63}$/;

/** @returns the message as it may be sent; undefined: it has no type, or one that needs no number, which are
 *           for nodes among themselves */
export function commandOf(message: Message): Message | undefined {
  const type = textOf(message, 't');
  if (type === undefined || !TYPE.test(type) || type.startsWith('NS_'))
    return undefined;
  return message.filter(([name]) => !ADDED.has(name));
}

/** What a script of rc.d is given: the fields that are strings.
 *  @returns undefined: its type can be no name of a file */
export function hookOf(message: Message): Message | undefined {
  if (!TYPE.test(textOf(message, 't') ?? '')) return undefined;
  return message.filter(([, value]) => typeof value === 'string');
}
