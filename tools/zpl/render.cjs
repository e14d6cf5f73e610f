// Draws labels for the tests: a line of JSON in ({zpl, width_mm, height_mm, dots_per_mm}), a line with a PNG in base64 out.
const readline = require("node:readline");
const { ready } = require("zpl-renderer-js");

async function main() {
  const { api } = await ready;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { zpl, width_mm, height_mm, dots_per_mm } = JSON.parse(line);
    const picture = await api.zplToBase64Async(zpl, width_mm, height_mm, dots_per_mm);
    process.stdout.write(`${picture}\n`);
  }
  process.exit(0);
}

main();
