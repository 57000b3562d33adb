/**
 * Names that the JVM or a library makes up anew in every run: their numbers are cut, so that the same code has one name.
 *
 * Shape:  App$$Lambda$14.0x0000000800c03000 -> App$$Lambda_; jdk/internal/reflect/GeneratedMethodAccessor31 ->
 *         jdk/internal/reflect/GeneratedMethodAccessor_; libraries unpacked to /tmp under a random name.
 * Source: the names that Pyroscope answers with for JFR; its older answers have App$$Lambda$_.
 */
const lambda = '$$Lambda';
const accessor = 'jdk/internal/reflect/GeneratedMethodAccessor';

/** What follows $$Lambda: $14, $14.0x0000000800c03000, $14/0x..., .0x..., 14. */
const lambdaTail = /^(?:\$?\d*[./](?:0x)?[\da-f]+|\d+)$/;
/** Libraries that a jar unpacks under a random name: how the file's name begins, and what it is called. */
const unpackedLibraries: readonly (readonly [start: string, name: string])[] = [
  ['libzstd-jni-', 'libzstd-jni-_.so'],
  ['amazonCorrettoCryptoProvider', 'libamazonCorrettoCryptoProvider_.so'],
  ['libamazonCorrettoCryptoProvider', 'libamazonCorrettoCryptoProvider_.so'],
];

export function withoutRunNumbers(name: string): string {
  const at = name.lastIndexOf(lambda);
  if (at > 0) {
    const end = at + lambda.length;
    return lambdaTail.test(name.slice(end)) ? `${name.slice(0, end)}_` : name;
  }
  if (name.startsWith(accessor)) return /^\d+$/.test(name.slice(accessor.length)) ? `${accessor}_` : name;
  const file = name.replace(/^\.?\/tmp\//, '').replace(/ \(deleted\)$/, '');
  if (!file.endsWith('.so')) return name;
  return unpackedLibraries.find(([start]) => file.startsWith(start))?.[1] ?? name;
}
