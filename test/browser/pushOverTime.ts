/** Fills a server with profiles of the last quarter of an hour, as an agent that pushes every 15 s would have. */
import { foldedPprof } from '../foldedPprof.ts';
import { call, pushMessage } from '../testServer.ts';

const stepMillis = 15_000;
const stepCount = 60;

/** Values are shares; each step scales them by a wave, so that the chart has a shape. */
export async function pushOverTime(
  url: string,
  service: string,
  folded: readonly string[],
  token?: string,
): Promise<void> {
  const now = Date.now();
  const profiles = Array.from({ length: stepCount }, (_, step) => {
    const scale = 1e7 * (6 + 3 * Math.sin(step / 5) + (step % 7));
    return foldedPprof({
      folded: folded.map((line) => line.replace(/\d+$/, (share) => String(Math.round(Number(share) * scale)))),
      timeNanos: BigInt(now - (stepCount - step) * stepMillis) * 1_000_000n,
    });
  });
  const message = pushMessage({ __name__: 'process_cpu', service_name: service, pod: `${service}-1` }, ...profiles);
  const { status, text } = await call(
    url,
    'push.v1.PusherService/Push',
    message,
    token === undefined ? {} : { authorization: `Bearer ${token}` },
  );
  if (status !== 200) throw new Error(`push answers ${status}: ${text}`);
}

/** A web shop's service in Go, near enough to look at. */
export const checkoutStacks: readonly string[] = [
  'runtime.goexit;net/http.(*conn).serve;shop/checkout.Handle;shop/cart.Load;database/sql.(*DB).Query;database/sql.(*Rows).Scan 11',
  'runtime.goexit;net/http.(*conn).serve;shop/checkout.Handle;shop/cart.Load;database/sql.(*DB).Query;syscall.Read 6',
  'runtime.goexit;net/http.(*conn).serve;shop/checkout.Handle;shop/cart.Load;encoding/json.Unmarshal;encoding/json.(*decodeState).object 9',
  'runtime.goexit;net/http.(*conn).serve;shop/checkout.Handle;shop/price.Total;shop/price.discount 8',
  'runtime.goexit;net/http.(*conn).serve;shop/checkout.Handle;shop/price.Total;shop/tax.Lookup;runtime.mapaccess2_faststr 4',
  'runtime.goexit;net/http.(*conn).serve;shop/checkout.Handle;encoding/json.Marshal;encoding/json.structEncoder.encode;encoding/json.stringEncoder 10',
  'runtime.goexit;net/http.(*conn).serve;shop/checkout.Handle;encoding/json.Marshal;encoding/json.structEncoder.encode;strconv.AppendFloat 3',
  'runtime.goexit;net/http.(*conn).serve;shop/checkout.Handle;shop/audit.Write;compress/gzip.(*Writer).Write;compress/flate.(*compressor).deflate 12',
  'runtime.goexit;net/http.(*conn).serve;shop/checkout.Handle;log/slog.(*Logger).Info;log/slog.(*TextHandler).Handle 3',
  'runtime.goexit;net/http.(*conn).serve;net/http.(*conn).readRequest;net/textproto.(*Reader).ReadMIMEHeader 5',
  'runtime.goexit;net/http.(*conn).serve;crypto/tls.(*Conn).Write;crypto/aes.gcmAesEnc 6',
  'runtime.goexit;shop/metrics.Report;compress/gzip.(*Writer).Close 2',
  'runtime.gcBgMarkWorker;runtime.gcDrain;runtime.scanobject 13',
  'runtime.gcBgMarkWorker;runtime.gcDrain;runtime.greyobject 4',
  'runtime.mcall;runtime.schedule;runtime.findRunnable;runtime.netpoll 4',
];
