import type { Form, ObjectForm } from './api/shape.ts';

/** What an answer is to be, so that who asked can work with it. */
export interface Expected {
  readonly form: Form;
  /** Fields that may not be missing; of others another version may have no idea. */
  readonly needs: readonly string[];
}

/** Whether it is: whatever is there has the kind of value that its form says, all the way down. What is
 *  missing, and what no form has, is a director's of another version. So is a word that is new. */
export function isExpected({ form, needs }: Expected, found: unknown): boolean {
  return isObject(found) && needs.every((name) => name in found) && fits(form, found);
}

function fits(form: Form, value: unknown): boolean {
  const { parts } = form;
  const { type, const: only, anyOf, oneOf } = form.schema;
  if (isOfFields(form))
    return (
      isObject(value) &&
      Object.entries(form.fields).every(([name, field]) =>
        fitsField(field, value[name]),
      )
    );
  if (type === 'array')
    return (
      Array.isArray(value) &&
      value.every((one) => parts.some((part) => fits(part, one)))
    );
  if (anyOf !== undefined && value === null) return true;
  if (anyOf !== undefined || oneOf !== undefined)
    return parts.some((part) => fits(part, value));
  if (type === undefined && only === undefined) return true;
  return typeof value === (only === undefined ? KINDS[String(type)] : typeof only);
}

/** JSON Schema's words, and JavaScript's. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'boolean',
  number: 'number',
  integer: 'number',
};

function fitsField(form: Form, value: unknown): boolean {
  return value === undefined || fits(form, value);
}

function isOfFields(form: Form): form is ObjectForm {
  return 'fields' in form;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
