import { binaryOf, runtimeOf } from './runtimeOf.ts';

for (const [name, runtime] of [
  ['do_syscall_64_[k]', 'kernel'],
  ['entry_SYSCALL_64_after_hwframe', 'kernel'],
  ['__x64_sys_write', 'kernel'],
  ['runtime.mallocgc', 'go'],
  ['main.main', 'go'],
  ['main.work.func1', 'go'],
  ['net/http.(*conn).serve', 'go'],
  ['github.com/a/b/c.Do', 'go'],
  ['java.lang.Thread.run', 'jvm'],
  ['org/apache/kafka/common/network/Selector.poll', 'jvm'],
  ['com.shop.Cart$Item.price', 'jvm'],
  ['/app/worker.py run', 'python'],
  ['run (/usr/lib/python3/site-packages/numpy/core)', 'python'],
  ['handle (/app/server.js:12)', 'javascript'],
  ['JSON.parse (node:internal)', 'javascript'],
  ['main.ts:3', 'javascript'],
  ['app/models/user.rb:12 find', 'other'],
  ['System.Threading.Thread.Start', 'other'],
  ['malloc', 'native'],
  ['std::vector<int>::push_back', 'native'],
  ['<alloc::vec::Vec<T> as Drop>::drop', 'native'],
  ['libc.so.6!0x9a120', 'native'],
  ['[unknown]', 'unknown'],
  ['0x7f1a', 'unknown'],
  ['', 'unknown'],
] as const) {
  test(`"${name}" is run by ${runtime}`, () => expect(runtimeOf(name)).toBe(runtime));
}

for (const [name, binary] of [
  ['/usr/lib/libc.so.6!0x9a120', 'libc.so.6'],
  ['nginx!ngx_http_process', 'nginx'],
  ['tcp_sendmsg_[k]', 'kernel'],
  ['main.main', ''],
  ['f(!x)', ''],
] as const) {
  test(`"${name}" is of the binary "${binary}"`, () => expect(binaryOf(name)).toBe(binary));
}
