/**
 * Opens ports that take HTTP/1.1 and HTTP/2 alike: without TLS the first bytes of a connection say which, with it ALPN does.
 *
 * Shape:  a connection that begins with "PRI * HTTP/2.0" goes to the http2 server, any other to the http1 server.
 * Source: RFC 9113, 3.4 (HTTP/2 connection preface); RFC 7301 (ALPN).
 */
import type { Server as Http1Server } from 'node:http';
import type { Http2Server } from 'node:http2';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface OpenPort {
  /** The real port when 0 was asked for. */
  readonly address: HostAndPort;
  close(): Promise<void>;
}

const preface = Buffer.from('PRI * HTTP/2.0');
/** A connection that says nothing for so long is ended. */
const firstByteMillis = 60_000;

export async function openPort(
  wanted: HostAndPort,
  http1: Http1Server,
  http2: Http2Server,
  certificate?: Certificate,
): Promise<OpenPort> {
  const sockets = new Set<Socket>();
  const admit = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server =
    certificate === undefined
      ? createServer({ noDelay: true }, (socket) => {
          admit(socket);
          handOver(socket, http1, http2);
        })
      : createTlsServer(
          { ...certificate, noDelay: true, handshakeTimeout: firstByteMillis, ALPNProtocols: ['h2', 'http/1.1'] },
          (socket) => {
            admit(socket);
            (socket.alpnProtocol === 'h2' ? http2 : http1).emit('connection', socket);
          },
        );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted.port, wanted.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: wanted.host, port },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      http1.closeIdleConnections();
      for (const socket of sockets) socket.end();
      const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), 2_000);
      await closed;
      clearTimeout(timer);
    },
  };
}

function handOver(socket: Socket, http1: Http1Server, http2: Http2Server): void {
  socket.setTimeout(firstByteMillis, () => socket.destroy());
  let seen = Buffer.alloc(0);
  const onReadable = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const known = Math.min(seen.length, preface.length);
    const isHttp2 = seen.subarray(0, known).equals(preface.subarray(0, known));
    if (isHttp2 && known < preface.length) return;
    socket.off('readable', onReadable);
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    socket.unshift(seen);
    (isHttp2 ? http2 : http1).emit('connection', socket);
  };
  socket.on('readable', onReadable);
}
