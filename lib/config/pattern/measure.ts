import type { Node } from './syntax.ts';

/** Nodes right inside of one. */
function children(node: Node): readonly Node[] {
  if (node.type === 'sequence') return node.items;
  if (node.type === 'choice') return node.branches;
  return 'item' in node ? [node.item] : [];
}

/** Groups that are referred to anywhere in the tree. */
export function references(node: Node): ReadonlySet<number> {
  const own = node.type === 'reference' ? [node.to] : [];
  return new Set([
    ...own,
    ...children(node).flatMap((child) => [...references(child)]),
  ]);
}

/** The longest text it can match, in bytes; Infinity: there is no bound. */
export function width(node: Node): number {
  switch (node.type) {
    case 'byte':
      return 1;
    case 'reference':
      return Infinity;
    case 'look':
    case 'assertion':
      return 0;
    case 'choice':
      return Math.max(...node.branches.map(width));
    case 'repeat':
      return repeatedWidth(width(node.item), node.min, node.max);
    default:
      return children(node).reduce((sum, child) => sum + width(child), 0);
  }
}

/** Whether it may match the empty text as well as some other. */
export function maybeEmpty(node: Node): boolean {
  return width(node) > 0 && least(node) === 0;
}

/** The shortest text it can match. */
function least(node: Node): number {
  switch (node.type) {
    case 'byte':
      return 1;
    case 'reference':
    case 'look':
    case 'assertion':
      return 0;
    case 'choice':
      return Math.min(...node.branches.map(least));
    case 'repeat':
      return least(node.item) * node.min;
    default:
      return children(node).reduce((sum, child) => sum + least(child), 0);
  }
}

/** What has no bound has none repeated 0 times either: Perl counts so. */
function repeatedWidth(item: number, min: number, max: number): number {
  if (item === 0 || item === Infinity) return item;
  return min > max ? 0 : item * max;
}
