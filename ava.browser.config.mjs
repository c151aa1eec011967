/** `npm run test:browser`: the pages in Chromium. Apart from `npm test`, which is for every machine and at its ten minutes. */
export default {
  files: ["test/browser/*.test.ts"],
  extensions: ["ts"],
  require: ["tsx/cjs"],
  workerThreads: false,
  concurrency: 2,
  timeout: "5m",
};
