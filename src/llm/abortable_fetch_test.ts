import assert from "node:assert/strict";

const hasIpv6 = Deno.networkInterfaces().some(({ address }) => address === "::1");

Deno.test({
  name: "a server on the IPv6 loopback is reached, whatever HTTP_PROXY says",
  ignore: !hasIpv6,
  // The tests' own permissions name no such address.
  fn: async () => {
    const module = new URL("./abortable_fetch.ts", import.meta.url).href;
    const script = `
      import { unpooledClient } from "${module}";
      const server = Deno.serve({ hostname: "::1", port: 0, onListen() {} }, () => new Response("here"));
      const baseUrl = "http://[::1]:" + server.addr.port;
      using client = unpooledClient({ baseUrl, loopback: true });
      console.log(await (await fetch(baseUrl, { client })).text());
      await server.shutdown();`;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
      env: { HTTP_PROXY: "http://127.0.0.1:9" },
    }).output();
    assert.equal(new TextDecoder().decode(stdout), "here\n", new TextDecoder().decode(stderr));
  },
});
