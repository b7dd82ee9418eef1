import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { eventually, notYet } from './eventually.js';
import { tcpProxy, type TcpProxy } from './tcp-proxy.js';

const echo = createServer((socket) => socket.pipe(socket));
let proxy: TcpProxy;
let client: Socket;
let heard = '';

beforeAll(async () => {
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await tcpProxy((echo.address() as AddressInfo).port);
  client = connect(proxy.port, '127.0.0.1').on('data', (piece) => (heard += piece.toString()));
  await once(client, 'connect');
});

afterAll(async () => {
  client.destroy();
  await proxy.stop();
  echo.close();
});

const untilHeard = (text: string): Promise<boolean> => eventually(() => heard.length === text.length || notYet(`heard: ${heard}`), { timeoutMs: 5_000 });

test('what was delayed is not overtaken by what comes after a connection was healed', async () => {
  proxy.slow(100);
  client.write('slow ');
  await new Promise((resolve) => setTimeout(resolve, 20));
  proxy.heal();
  client.write('quick');
  await untilHeard('slow quick');
  expect(heard).toBe('slow quick');
  expect(proxy.harm.delayed).toBeGreaterThan(0);
});
