/**
 * What the services of a made-up shop do: folded stacks with their weights, of the kind that eBPF agents see.
 *
 * Shape:  root first, frames by semicolons, then the weight; what encodes JSON is apart, because its share is set.
 * Units:  weights are parts of their service's whole; only their proportions count.
 */
const serve =
  'net/http.(*conn).serve;net/http.serverHandler.ServeHTTP;net/http.(*ServeMux).ServeHTTP;go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp.(*middleware).serveHTTP';
const checkout = `${serve};shop/checkout.(*Server).PlaceOrder`;
const sql = 'database/sql.(*DB).QueryContext;database/sql.(*DB).queryDC;github.com/lib/pq.(*stmt).query';
const marshal = 'encoding/json.Marshal;encoding/json.(*encodeState).marshal;encoding/json.(*encodeState).reflectValue';
const order = `${marshal};encoding/json.structEncoder.encode`;
const items = `${order};encoding/json.sliceEncoder.encode;encoding/json.arrayEncoder.encode;encoding/json.structEncoder.encode`;
const unmarshal =
  'encoding/json.(*Decoder).Decode;encoding/json.(*decodeState).value;encoding/json.(*decodeState).object';
const gc = 'runtime.gcBgMarkWorker;runtime.systemstack;runtime.gcBgMarkWorker.func2;runtime.gcDrain';

/** All of what encodes the answer: the function at fault is encoding/json.Marshal. */
export const checkoutJson: readonly string[] = [
  `${checkout};shop/checkout.writeAnswer;${items};encoding/json.stringEncoder;encoding/json.appendString 30`,
  `${checkout};shop/checkout.writeAnswer;${items};encoding/json.floatEncoder.encode;strconv.AppendFloat;strconv.genericFtoa 13`,
  `${checkout};shop/checkout.writeAnswer;${items};encoding/json.mapEncoder.encode;slices.SortFunc;slices.pdqsortCmpFunc 12`,
  `${checkout};shop/checkout.writeAnswer;${items};encoding/json.mapEncoder.encode;reflect.(*MapIter).Next;runtime.mapIterNext 9`,
  `${checkout};shop/checkout.writeAnswer;${items};encoding/json.intEncoder;strconv.AppendInt;strconv.formatBits 6`,
  `${checkout};shop/checkout.writeAnswer;${items} 8`,
  `${checkout};shop/checkout.writeAnswer;${order};encoding/json.marshalerEncoder;time.Time.MarshalJSON;time.Time.appendStrictRFC3339 7`,
  `${checkout};shop/checkout.writeAnswer;${order} 4`,
  `${checkout};shop/checkout.writeAnswer;${marshal};encoding/json.appendCompact 5`,
  `${checkout};shop/checkout.writeAnswer;encoding/json.Marshal;runtime.growslice;runtime.mallocgc;runtime.memclrNoHeapPointers 6`,
];

export const checkoutRest: readonly string[] = [
  `${checkout};shop/cart.(*Client).Load;${sql};github.com/lib/pq.(*conn).recv;bufio.(*Reader).Read;net.(*conn).Read;internal/poll.(*FD).Read;syscall.Read;entry_SYSCALL_64_after_hwframe_[k];do_syscall_64_[k];tcp_recvmsg_[k] 6.4`,
  `${checkout};shop/cart.(*Client).Load;${sql};github.com/lib/pq.(*conn).send;net.(*conn).Write;syscall.write;entry_SYSCALL_64_after_hwframe_[k];do_syscall_64_[k];tcp_sendmsg_[k] 4.1`,
  `${checkout};shop/cart.(*Client).Load;database/sql.(*Rows).Next;github.com/lib/pq.(*rows).Next;github.com/lib/pq.decode 5.2`,
  `${checkout};shop/cart.(*Client).Load;database/sql.(*Rows).Scan;database/sql.convertAssignRows;reflect.Value.Set 3.9`,
  `${checkout};shop/cart.(*Client).Load;database/sql.(*Rows).Scan;runtime.mallocgc 1.8`,
  `${checkout};shop/price.Total;shop/price.(*Rules).Discount;shop/price.matchRule;regexp.(*Regexp).MatchString;regexp.(*Regexp).doOnePass 7.6`,
  `${checkout};shop/price.Total;shop/price.(*Rules).Discount;shop/price.matchRule 3.2`,
  `${checkout};shop/price.Total;shop/tax.Lookup;runtime.mapaccess2_faststr;runtime.memequal 3.4`,
  `${checkout};shop/price.Total;math/big.(*Rat).Mul;math/big.nat.mul 2.7`,
  `${checkout};shop/checkout.readRequest;${unmarshal};encoding/json.(*decodeState).literalStore;strconv.ParseFloat 1.6`,
  `${checkout};shop/checkout.readRequest;${unmarshal};encoding/json.(*decodeState).rescanLiteral 2.3`,
  `${checkout};shop/checkout.readRequest;encoding/json.(*Decoder).Decode;encoding/json.checkValid 1.5`,
  `${checkout};shop/stock.(*Client).Reserve;google.golang.org/grpc.(*ClientConn).Invoke;google.golang.org/grpc.(*clientStream).SendMsg;google.golang.org/protobuf/proto.Marshal;google.golang.org/protobuf/internal/impl.(*MessageInfo).marshalAppendPointer 4.4`,
  `${checkout};shop/stock.(*Client).Reserve;google.golang.org/grpc.(*ClientConn).Invoke;google.golang.org/grpc.(*clientStream).RecvMsg;google.golang.org/protobuf/proto.Unmarshal 3.1`,
  `${checkout};shop/audit.Write;compress/gzip.(*Writer).Write;compress/flate.(*compressor).deflate;compress/flate.(*compressor).findMatch 7.8`,
  `${checkout};shop/audit.Write;compress/gzip.(*Writer).Write;compress/flate.(*huffmanBitWriter).writeBlock 2.6`,
  `${checkout};shop/audit.Write;crypto/sha256.(*digest).Write;crypto/sha256.block 2.4`,
  `${checkout};log/slog.(*Logger).Info;log/slog.(*JSONHandler).Handle;log/slog.appendEscapedJSONString 2.1`,
  `${checkout};log/slog.(*Logger).Info;os.(*File).Write;syscall.write;entry_SYSCALL_64_after_hwframe_[k];do_syscall_64_[k];vfs_write_[k] 1.4`,
  `${serve};shop/checkout.(*Server).Status;shop/cart.(*Client).Load;${sql};github.com/lib/pq.(*conn).recv 2.2`,
  `${serve};shop/checkout.(*Server).Status;html/template.(*Template).Execute;text/template.(*state).walk;text/template.(*state).evalField 2.9`,
  `net/http.(*conn).serve;net/http.(*conn).readRequest;net/http.readRequest;net/textproto.(*Reader).ReadMIMEHeader 2.7`,
  `net/http.(*conn).serve;net/http.(*conn).readRequest;net/url.Parse 0.9`,
  `net/http.(*conn).serve;net/http.(*response).finishRequest;bufio.(*Writer).Flush;crypto/tls.(*Conn).Write;crypto/internal/fips140/aes/gcm.gcmAesEnc 3.8`,
  `net/http.(*conn).serve;crypto/tls.(*Conn).HandshakeContext;crypto/tls.(*serverHandshakeStateTLS13).handshake;crypto/ecdsa.SignASN1;crypto/internal/fips140/nistec.p256PointDoubleAsm 2.1`,
  `go.opentelemetry.io/otel/sdk/trace.(*batchSpanProcessor).processQueue;go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc.(*client).UploadTraces 1.9`,
  `runtime.mcall;runtime.park_m;runtime.schedule;runtime.findRunnable;runtime.netpoll;entry_SYSCALL_64_after_hwframe_[k];do_syscall_64_[k];do_epoll_wait_[k] 3.3`,
  `runtime.mcall;runtime.park_m;runtime.schedule;runtime.findRunnable;runtime.stealWork 1.7`,
];

/** Its share grows a little with what encoding leaves behind. */
export const checkoutGc = (weight: number): readonly string[] => [
  `${gc};runtime.scanobject;runtime.findObject ${0.37 * weight}`,
  `${gc};runtime.scanobject ${0.33 * weight}`,
  `${gc};runtime.greyobject ${0.18 * weight}`,
  `runtime.bgsweep;runtime.sweepone;runtime.(*sweepLocked).sweep ${0.12 * weight}`,
];

/** The other services, for the table of all of them. */
export const otherServices: readonly {
  readonly service: string;
  readonly version: string;
  readonly cores: number;
  /** Against last week. */
  readonly growth: number;
  readonly folded: readonly string[];
}[] = [
  {
    service: 'cart',
    version: 'v1.18.0',
    cores: 0.62,
    growth: 1.03,
    folded: [
      `${serve};shop/cart.(*Server).Add;${sql};github.com/lib/pq.(*conn).recv 22`,
      `${serve};shop/cart.(*Server).Add;shop/cart.merge;runtime.mapassign_faststr 17`,
      `${serve};shop/cart.(*Server).Get;${marshal};encoding/json.structEncoder.encode 9`,
      `${serve};shop/cart.(*Server).Get;${sql};github.com/lib/pq.decode 14`,
      `${gc};runtime.scanobject 11`,
    ],
  },
  {
    service: 'catalog',
    version: 'v3.2.4',
    cores: 1.35,
    growth: 0.94,
    folded: [
      `${serve};shop/catalog.(*Server).Search;github.com/blevesearch/bleve.(*indexImpl).Search;github.com/blevesearch/vellum.(*FSTIterator).Next 34`,
      `${serve};shop/catalog.(*Server).Search;github.com/blevesearch/bleve.(*indexImpl).Search;github.com/RoaringBitmap/roaring.(*Bitmap).And 19`,
      `${serve};shop/catalog.(*Server).Picture;image/jpeg.Encode;image/jpeg.fdct 12`,
      `${gc};runtime.scanobject 14`,
    ],
  },
  {
    service: 'payment',
    version: '2026.05.2',
    cores: 0.48,
    growth: 1,
    folded: [
      'java/lang/Thread.run;io/netty/channel/epoll/EpollEventLoop.run;com/shop/payment/Authorize.handle;java/security/Signature.sign;sun/security/rsa/RSACore.crypt 28',
      'java/lang/Thread.run;io/netty/channel/epoll/EpollEventLoop.run;com/shop/payment/Authorize.handle;com/fasterxml/jackson/databind/ObjectMapper.readValue 15',
      'java/lang/Thread.run;io/netty/channel/epoll/EpollEventLoop.run;io/netty/channel/epoll/Native.epollWait 9',
      'G1ServiceThread::run_service;G1ConcurrentMark::scan_root_regions 8',
    ],
  },
  {
    service: 'recommend',
    version: 'v0.41.0',
    cores: 0.87,
    growth: 1.12,
    folded: [
      'gunicorn/workers/sync.py:handle;recommend/views.py:for_basket;recommend/model.py:score;numpy/core/_methods.py:_mean 18',
      'gunicorn/workers/sync.py:handle;recommend/views.py:for_basket;recommend/model.py:score;libopenblas.so!sgemm_kernel 37',
      'gunicorn/workers/sync.py:handle;recommend/views.py:for_basket;json/encoder.py:iterencode 11',
      'gunicorn/workers/sync.py:handle;redis/connection.py:read_response 8',
    ],
  },
];
