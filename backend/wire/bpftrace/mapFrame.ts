/**
 * Reads a frame as bpftrace prints it.
 *
 * Shape:  by stack mode: symbol+offset (offset decimal or 0x), the same with " (binary)" behind it and perhaps an address before
 *         it, or an address alone (raw mode, or no symbol). A name of '' says that there is no symbol.
 */
export interface MapFrame {
  readonly name: string;
  readonly binary: string;
  readonly address: bigint;
}

const addressOnly = /^(?:0x)?([0-9a-f]{6,16})$/;
const leadingAddress = /^(?:0x)?([0-9a-f]{6,16}) +(?=\S)/;

export function readMapFrame(text: string): MapFrame {
  const alone = addressOnly.exec(text)?.[1];
  if (alone !== undefined) return { name: '', binary: '', address: BigInt(`0x${alone}`) };
  const leading = leadingAddress.exec(text);
  const rest = leading === null ? text : text.slice(leading[0].length);
  const open = rest.endsWith(')') ? rest.lastIndexOf(' (') : -1;
  const inside = open < 0 ? '' : rest.slice(open + 2, -1);
  // Only a path or a name in brackets is a binary: "f(int) (int)" is a symbol.
  const hasBinary = inside.startsWith('/') || inside.startsWith('[');
  const symbol = withoutOffset(hasBinary ? rest.slice(0, open) : rest);
  return {
    name: symbol === '[unknown]' ? '' : symbol,
    binary: hasBinary && inside !== '[unknown]' ? inside : '',
    address: leading?.[1] === undefined ? 0n : BigInt(`0x${leading[1]}`),
  };
}

function withoutOffset(symbol: string): string {
  const plus = symbol.lastIndexOf('+');
  return plus > 0 && /^(?:0x[0-9a-f]{1,16}|\d{1,20})$/.test(symbol.slice(plus + 1)) ? symbol.slice(0, plus) : symbol;
}
