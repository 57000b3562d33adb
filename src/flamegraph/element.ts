/** Makes DOM elements. Text goes in as text: names of functions are strangers' input and never become markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Ids must differ between the drawings of one page. */
export const freshId = (use: string): string => `plens-${use}-${Math.random().toString(36).slice(2, 10)}`;
