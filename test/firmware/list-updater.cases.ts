import type { Cases } from "../support/cases";
import { fillerRows } from "../support/mint";
import { ListRig } from "../support/list-rig";

export const cases: Cases = {
  "a snapshot arrives page by page, then deltas"(assert, { hashes }) {
    const rig = new ListRig({ hashes });
    const { mint } = rig;
    rig.claim();
    assert.is(rig.active, "none");
    const rows = [...fillerRows(600), mint.pinRow("123456"), mint.pinRow("222222", 1)];
    const base = mint.snapshot({ version: 10, rows });
    assert.is(base.pages.length, 2);
    rig.fetch(base);
    assert.is(rig.active, "1.10");
    assert.true(rig.knows("123456"));
    assert.false(rig.knows("333333"));
    rig.apply(base, mint.delta(base, { version: 11, rows: [...fillerRows(600), mint.pinRow("123456"), mint.pinRow("333333")] }));
    assert.is(rig.active, "1.11");
    assert.false(rig.knows("222222"));
    assert.true(rig.knows("333333"));
    rig.boot();
    assert.is(rig.active, "1.11");
    assert.false(rig.knows("222222"));
    assert.true(rig.knows("333333"));
    assert.deepEqual(rig.activations, ["1.10", "1.11"]);
  },
};
