/**
 * Says which package, module, crate or binary a function belongs to, by the way its runtime writes names.
 *
 * Shape:  github.com/a/b.(*T).M -> github.com/a/b; a.b.C.m and a/b/C.m -> a.b; ns::T::m and <ns::T as X>::m -> ns;
 *         .../node_modules/@a/b/... -> @a/b; .../site-packages/a/... -> a; dir/file.py -> dir; name_[k] -> kernel;
 *         binary!0xaddr -> binary; [unknown] -> [unknown]. Empty when the name tells nothing, as C's do.
 */

/** Names come from strangers and may be megabytes long; what tells the package stands at the front. */
const longestRead = 1_024;

export function packageOf(fullName: string): string {
  const name = fullName.slice(0, longestRead).trim();
  if (fullName.endsWith('_[k]')) return 'kernel';
  if (/^\[[^[\]]*\]$/.test(name)) return name;
  if (/^0x[0-9a-f]+$/i.test(name)) return '[unknown]';
  const binary = /^([^!]+)!/.exec(name)?.[1];
  if (binary !== undefined && !binary.includes('(')) return binary.slice(binary.lastIndexOf('/') + 1);
  return scriptPackage(name) ?? namespaceOf(name) ?? dottedPackage(name);
}

function scriptPackage(name: string): string | undefined {
  if (name.includes('node_modules/')) {
    const after = name.slice(name.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return /^(@[^/]+\/)?[^/:\s]+/.exec(after)?.[0];
  }
  const sitePackage = /(?:site|dist)-packages\/([^/:\s]+?)(?:\.py)?(?:[/:\s)]|$)/.exec(name)?.[1];
  if (sitePackage !== undefined) return sitePackage;
  const builtIn = /\bnode:(\w+)/.exec(name)?.[1];
  if (builtIn !== undefined) return `node:${builtIn}`;
  const path = /([^\s()]*\.(?:py|[cm]?js|[cm]?ts|jsx|tsx|rb|php))(?=$|[\s:)#])/.exec(name)?.[1];
  if (path === undefined) return undefined;
  const file = path
    .replace('file://', '')
    .replace(/^.*:(?=[./])/, '')
    .replace(/^\.\//, '');
  const slash = file.lastIndexOf('/');
  return slash > 0 ? file.slice(0, slash) : file;
}

/** C++ and Rust: what stands before the first `::` outside of brackets, behind a return type if there is one. */
function namespaceOf(name: string): string | undefined {
  if (!name.includes('::')) return undefined;
  if (name.startsWith('(anonymous namespace)')) return '(anonymous namespace)';
  // <alloc::vec::Vec<T> as Drop>::drop belongs to the crate of the type.
  const isQualified = name.startsWith('<');
  const text = name.replace(/^(?:[<&*\s]|dyn |mut |const |impl )+/, '');
  let found: string | undefined;
  let isAfterBlank = true;
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? '';
    if ('<[{'.includes(letter)) depth++;
    else if ('>]}'.includes(letter)) depth = Math.max(0, depth - 1);
    else if (depth > 0) continue;
    else if (letter === '(' || (letter === ' ' && isQualified)) break;
    else if (letter === ' ') {
      from = at + 1;
      isAfterBlank = true;
    } else if (letter === ':' && text[at + 1] === ':' && isAfterBlank) {
      found = text.slice(from, at).replace(/<.*$/, '');
      isAfterBlank = false;
    }
  }
  return found;
}

/** Go, Java, .NET and dotted Python modules. */
function dottedPackage(name: string): string {
  const head = /^[^([\s]*/.exec(name)?.[0] ?? '';
  const slash = head.lastIndexOf('/');
  const folder = slash < 0 ? '' : head.slice(0, slash + 1);
  const parts = head.slice(slash + 1).split('.');
  const [first = ''] = parts;
  if (parts.length < 2) return '';
  const startsUpper = (part: string): boolean => /^\p{Lu}/u.test(part);
  if (folder !== '') return startsUpper(first) ? folder.slice(0, -1).replaceAll('/', '.') : folder + first;
  const classAt = parts.findIndex(startsUpper);
  // a.b.C.m is Java; runtime.GC and main.work.func1 are Go, whose packages have one part.
  return classAt >= 2 ? parts.slice(0, classAt).join('.') : first;
}

/** The name without the folders of its package: github.com/a/b.(*T).M -> b.(*T).M. For bars too short for all of it. */
export function shortNameOf(name: string): string {
  const head = /^[^([\s<]*/.exec(name)?.[0] ?? '';
  return name.slice(head.lastIndexOf('/') + 1) || name;
}
