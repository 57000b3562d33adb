/**
 * Makes an element's children those of another one, touching only what differs: what a person has selected, focused or
 * scrolled to in a list that refreshes by itself stays as it is.
 */
export function updateInPlace(old: Element, next: Element): void {
  const wanted = [...next.childNodes];
  wanted.forEach((child, i) => {
    const there = old.childNodes[i];
    if (there === undefined) old.append(child);
    else updateNode(there, child);
  });
  while (old.childNodes.length > wanted.length) old.lastChild?.remove();
}

function updateNode(old: ChildNode, next: ChildNode): void {
  if (old.isEqualNode(next)) return;
  if (old instanceof Text && next instanceof Text) old.data = next.data;
  else if (old instanceof Element && next instanceof Element && isSameTag(old, next)) updateInPlace(old, next);
  else old.replaceWith(next);
}

/** Without what is in them: are they the same? */
const isSameTag = (a: Element, b: Element): boolean => a.cloneNode(false).isEqualNode(b.cloneNode(false));
