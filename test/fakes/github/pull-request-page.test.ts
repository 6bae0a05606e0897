import { expect, test } from "vitest";
import { startFakeGitHub } from "./fake-github.ts";

test("the link of a pull request shows a person what was asked for, as text, and that the forge is a fake", async () => {
  const github = await startFakeGitHub();
  try {
    const repository = github.addRepository("acme", "shop", { "a.txt": "one" });
    const { number } = repository.openPullRequest({
      ...{ title: "Mend <script>alert(1)</script>", body: 'It says "no" & <b>ends</b>.', head: "mend", author: "ada" },
    });
    const page = await fetch(`${github.webUrl}/acme/shop/pull/${number}`);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const text = await page.text();
    expect(text).toContain("The demo's fake forge");
    expect(text).toContain("<h1>Mend &lt;script&gt;alert(1)&lt;/script&gt;</h1>");
    expect(text).toContain("<code>mend</code> into <code>main</code>");
    expect(text).toContain("<pre>It says &quot;no&quot; &amp; &lt;b&gt;ends&lt;/b&gt;.</pre>");
    for (const path of ["acme/shop/pull/99", "acme/other/pull/1"])
      expect((await fetch(`${github.webUrl}/${path}`)).status).toBe(404);
  } finally {
    await github.close();
  }
});
