import {
  type Element,
  element,
  numberElement,
  readElements,
  readNumber,
  TAG,
  textElement,
} from './ber.ts';
import { resultName } from './ldap-result.ts';

/** What a message is for. Source: RFC 4511, 4.2 to 4.5 and 4.12. */
export const OPERATION = {
  bindRequest: 0x60,
  bindResponse: 0x61,
  unbindRequest: 0x42,
  searchRequest: 0x63,
  searchEntry: 0x64,
  searchDone: 0x65,
  searchReference: 0x73,
  extendedResponse: 0x78,
} as const;

const SIMPLE = 0x80;
const PRESENT = 0x87;
const BASE_OBJECT = 0;
const FINDING_BASE_OBJECT = 2;

/** A message that a server sent. */
export interface LdapMessage {
  /** The request that it answers; 0: none. */
  readonly id: number;
  /** One of {@link OPERATION}, or another. */
  readonly operation: number;
  readonly fields: readonly Element[];
}

/** A simple bind; without name and password it is anonymous. */
export function bindRequest(id: number, name: string, password: string): Buffer {
  return message(
    id,
    element(
      OPERATION.bindRequest,
      numberElement(TAG.integer, 3),
      textElement(TAG.octetString, name),
      textElement(SIMPLE, password),
    ),
  );
}

/** Asks for the entry of that name, if it has any objectClass, without its attributes. An
 *  alias is followed, as ldirectord has it. Source: RFC 4511, 4.5.1. */
export function baseSearchRequest(id: number, base: string): Buffer {
  return message(
    id,
    element(
      OPERATION.searchRequest,
      textElement(TAG.octetString, base),
      numberElement(TAG.enumerated, BASE_OBJECT),
      numberElement(TAG.enumerated, FINDING_BASE_OBJECT),
      numberElement(TAG.integer, 0), // no limit of entries
      numberElement(TAG.integer, 0), // no limit of time but ours
      numberElement(TAG.boolean, 0), // types and values
      textElement(PRESENT, 'objectClass'),
      element(TAG.sequence, textElement(TAG.octetString, '1.1')), // no attributes
    ),
  );
}

/** Says good-bye: nothing answers it. */
export function unbindRequest(id: number): Buffer {
  return message(id, element(OPERATION.unbindRequest));
}

/** Reads a message. Throws when it is no LDAP message. */
export function readMessage({ content }: Element): LdapMessage {
  const [id, operation] = readElements(content);
  if (id?.tag !== TAG.integer || operation === undefined)
    throw new Error('broken LDAP: no message id');
  return {
    id: readNumber(id),
    operation: operation.tag,
    fields: readElements(operation.content),
  };
}

/** Undefined for success; else the result for people: `noSuchObject (32) "no such entry"`. */
export function failureOf({ fields }: LdapMessage): string | undefined {
  const [code, , diagnostic] = fields;
  if (code?.tag !== TAG.enumerated) throw new Error('broken LDAP: no result code');
  const number = readNumber(code);
  if (number === 0) return undefined;
  const words = diagnostic?.content.toString() ?? '';
  return `${resultName(number)} (${number})${words === '' ? '' : ` "${words}"`}`;
}

function message(id: number, operation: Buffer): Buffer {
  return element(TAG.sequence, numberElement(TAG.integer, id), operation);
}
