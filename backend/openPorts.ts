/** Opens all ports that the configuration names, or none: one that is taken must not leave the others open. */
import { readFile } from 'node:fs/promises';
import type { Config, TlsFiles } from './config.ts';
import { openPort } from './http/listen.ts';
import type { Certificate, HostAndPort, OpenPort } from './http/listen.ts';
import type { Servers } from './http/server.ts';

export interface OpenPorts {
  readonly addresses: readonly HostAndPort[];
  readonly pluginAddress: HostAndPort | undefined;
  readonly close: () => Promise<void>;
}

export interface PortsOptions {
  readonly config: Pick<Config, 'listen' | 'pluginListen' | 'tls'>;
  readonly all: Servers;
  /** What Grafana's backend plugin asks; go-plugin's host speaks no TLS. */
  readonly plugin: Servers;
}

export async function openPorts({ config, all, plugin }: PortsOptions): Promise<OpenPorts> {
  const ports: OpenPort[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(ports.map((port) => port.close()));
    for (const { http1, http2 } of [all, plugin]) {
      http1.close();
      http2.close();
    }
  };
  try {
    const certificate = await readCertificate(config.tls);
    for (const wanted of config.listen) ports.push(await openPort(wanted, all.http1, all.http2, certificate));
    const addresses = ports.map((port) => port.address);
    if (config.pluginListen === undefined) return { addresses, pluginAddress: undefined, close };
    const port = await openPort(config.pluginListen, plugin.http1, plugin.http2);
    ports.push(port);
    return { addresses, pluginAddress: port.address, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readCertificate(files: TlsFiles | undefined): Promise<Certificate | undefined> {
  if (files === undefined) return undefined;
  const [cert, key] = await Promise.all([readFile(files.certFile, 'utf8'), readFile(files.keyFile, 'utf8')]);
  return { cert, key };
}
