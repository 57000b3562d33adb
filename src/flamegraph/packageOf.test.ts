import { packageOf, shortNameOf } from './packageOf.ts';

const cases: readonly (readonly [string, string])[] = [
  // Go
  ['github.com/a/b.(*T).M', 'github.com/a/b'],
  ['github.com/a/b.Map[go.shape.string,github.com/c/d.X].func1', 'github.com/a/b'],
  ['net/http.(*conn).serve', 'net/http'],
  ['runtime.gcBgMarkWorker.func1', 'runtime'],
  ['runtime.GC', 'runtime'],
  ['main.main', 'main'],
  ['golang.org/x/net/http2.(*Framer).ReadFrame', 'golang.org/x/net/http2'],
  // Java
  ['a.b.C.m', 'a.b'],
  ['java/util/HashMap.get', 'java.util'],
  ['org.springframework.web.FilterChain.lambda$do$0(Request)', 'org.springframework.web'],
  // C++
  ['std::vector<foo::bar>::push_back(int)', 'std'],
  ['std::string json::Writer<a::b>::dump(int) const', 'json'],
  ['foo<a::b>::bar()', 'foo'],
  ['(anonymous namespace)::work()', '(anonymous namespace)'],
  ['void sort(std::vector<int>&)', ''],
  // Rust
  ['<alloc::vec::Vec<T> as core::ops::Drop>::drop', 'alloc'],
  ['tokio::runtime::task::harness::poll::h0123456789abcdef', 'tokio'],
  ['<&mut serde_json::de::Deserializer<R> as Trait>::x', 'serde_json'],
  // Python
  ['/usr/lib/python3/site-packages/requests/api.py:get', 'requests'],
  ['/usr/lib/python3/dist-packages/six.py:wraps', 'six'],
  ['/srv/app/views/list.py:render', '/srv/app/views'],
  ['django.core.handlers.base.get_response', 'django'],
  // JavaScript
  ['handle (/app/node_modules/express/lib/router.js:12:3)', 'express'],
  ['/app/node_modules/a/node_modules/@b/c/x.mjs:f', '@b/c'],
  ['run (file:///app/src/main.js:1:1)', '/app/src'],
  ['./src/main.ts:work:12', 'src'],
  ['processTicks (node:internal/process/task_queues:95:5)', 'node:internal'],
  // Kernel and what has no name
  ['do_syscall_64_[k]', 'kernel'],
  ['[unknown]', '[unknown]'],
  ['[vdso]', '[vdso]'],
  ['/usr/lib/libc.so.6!0x1a2b3c', 'libc.so.6'],
  ['0xdeadbeef', '[unknown]'],
  // No package is told
  ['malloc', ''],
  ['', ''],
];
for (const [name, expected] of cases) {
  test(`${JSON.stringify(name)} belongs to ${JSON.stringify(expected)}`, () => expect(packageOf(name)).toBe(expected));
}

test('hostile names take no time and give something', () => {
  const long = 2_000_000;
  for (const piece of ['<', 'a::', 'a.', 'a/', '(', '[', ' ', 'x.py', 'node_modules/']) {
    expect(typeof packageOf(piece.repeat(long / piece.length))).toBe('string');
  }
});

for (const [name, expected] of [
  ['github.com/a/b.(*T).M', 'b.(*T).M'],
  ['java/util/HashMap.get', 'HashMap.get'],
  ['f(a/b)', 'f(a/b)'],
  ['x/', 'x/'],
] as const) {
  test(`${name} is ${expected} for short`, () => expect(shortNameOf(name)).toBe(expected));
}
