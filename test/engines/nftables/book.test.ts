import t from 'tap';
import { Book } from '../../../lib/engines/nftables/book.ts';
import {
  type Element,
  elementId,
  NOTHING,
  type Part,
} from '../../../lib/engines/nftables/part.ts';

function part(...keys: readonly string[]): Part {
  const elements = keys.map((key): [string, Element] => {
    const element = { place: 'marks/ip/in', key, value: undefined };
    return [elementId(element), element];
  });
  return { ...NOTHING, elements: new Map(elements) };
}

function held(book: Book): Record<string, string[]> {
  const parts = [...book.parts].map(([name, { elements }]) => [
    name,
    [...elements.values()].map(({ key }) => String(key)),
  ]);
  return Object.fromEntries(parts);
}

t.test('a page is written anew when its cause is another', (t) => {
  const book = new Book();
  const cause = {};
  book.write('fwm/5', cause, () => part('a'));
  const [first] = book.parts.values();
  book.write('fwm/5', cause, () => t.fail('the same cause') as never);
  t.equal([...book.parts.values()][0], first);
  book.write('fwm/5', {}, () => part('b'));
  t.strictSame(held(book), { 'fwm/5': ['b'] });
  book.keep(new Set());
  t.strictSame(held(book), {});
  t.end();
});

t.test('what two ask for the first has, and the other when that lets go', (t) => {
  const book = new Book();
  book.write('fwm/5', {}, () => part('a', 'b'));
  book.write('fwm/6', {}, () => part('b', 'c'));
  t.strictSame(held(book), { 'fwm/5': ['a', 'b'], 'fwm/6': ['c'] });
  book.write('fwm/5', {}, () => part('a'));
  t.strictSame(held(book), { 'fwm/5': ['a'], 'fwm/6': ['b', 'c'] });
  book.write('fwm/5', {}, () => part('c'));
  t.strictSame(held(book), { 'fwm/5': [], 'fwm/6': ['b', 'c'] });
  book.keep(new Set(['fwm/5']));
  t.strictSame(held(book), { 'fwm/5': ['c'] });
  t.end();
});
