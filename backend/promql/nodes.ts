/** Steps over the grammar's tree. */
import type { SyntaxNode } from '@lezer/common';
import type { Source } from './syntaxError.ts';

export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child);
  }
  return children;
}

export const textOf = ({ text }: Source, node: SyntaxNode): string => text.slice(node.from, node.to);
