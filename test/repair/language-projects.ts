import { lines } from "./git-project.ts";

/** A small real project in another language: a release that breaks on an empty cart, with a test of its own that says so. */
export interface LanguageProject {
  readonly language: string;
  /** What has to be on the machine. */
  readonly program: string;
  /** The project before the release that broke it, with the lock file that its manager wrote. */
  readonly files: Readonly<Record<string, string>>;
  /** What that release changed. */
  readonly culprit: { readonly path: string; readonly text: string };
  readonly failure: { readonly message: string; readonly file: string; readonly line: number };
  /** The test that fails as the incident does, as its runner names it. */
  readonly test: string;
}

const goCart = (guard: string): string =>
  lines(
    "package shop",
    "",
    'import "github.com/google/uuid"',
    "",
    "func First(items []string) string {",
    `	${guard}`,
    '	return items[0] + "-" + uuid.Nil.String()',
    "}",
  );

const rustCart = (guard: string): string =>
  lines(
    "pub fn first(items: &[u32]) -> String {",
    `    ${guard}`,
    "    itoa::Buffer::new().format(items[0]).to_owned()",
    "}",
  );

const javaCart = (guard: string): string =>
  lines(
    "package shop;",
    "",
    "import org.apache.commons.lang3.StringUtils;",
    "",
    "public class Cart {",
    "  public static String first(String[] items) {",
    `    ${guard}`,
    "    return StringUtils.upperCase(items[0]);",
    "  }",
    "}",
  );

const pythonCart = (guard: string): string =>
  lines("import iniconfig", "", "", "def first(items):", `    ${guard}`, "    return items[0] + iniconfig.__name__");

const pom = lines(
  '<project xmlns="http://maven.apache.org/POM/4.0.0">',
  "  <modelVersion>4.0.0</modelVersion>",
  "  <groupId>shop</groupId><artifactId>shop</artifactId><version>1</version>",
  "  <properties>",
  "    <maven.compiler.release>17</maven.compiler.release>",
  "    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>",
  "  </properties>",
  "  <dependencies>",
  "    <dependency><groupId>org.apache.commons</groupId><artifactId>commons-lang3</artifactId><version>3.14.0</version></dependency>",
  "    <dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.10.2</version><scope>test</scope></dependency>",
  "  </dependencies>",
  "  <build><plugins>",
  "    <plugin><artifactId>maven-surefire-plugin</artifactId><version>3.2.5</version></plugin>",
  "    <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.13.0</version></plugin>",
  "  </plugins></build>",
  "</project>",
);

/** One project for each language that Culprit proves patches in by the project's own tests. */
export const languageProjects: readonly LanguageProject[] = [
  {
    language: "Go",
    program: "go",
    files: {
      "go.mod": lines("module example.com/shop", "", "go 1.19", "", "require github.com/google/uuid v1.6.0"),
      "go.sum": lines(
        "github.com/google/uuid v1.6.0 h1:NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=",
        "github.com/google/uuid v1.6.0/go.mod h1:TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=",
      ),
      "cart.go": goCart('if len(items) == 0 { return "" }'),
      "cart_test.go": lines(
        "package shop",
        "",
        'import "testing"',
        "",
        'func TestOne(t *testing.T) { if First([]string{"a"})[:1] != "a" { t.Fatal("not the first") } }',
        'func TestOld(t *testing.T) { t.Fatal("has failed for long") }',
        'func TestEmpty(t *testing.T) { if First(nil) != "" { t.Fatal("not empty") } }',
      ),
    },
    culprit: { path: "cart.go", text: goCart("// Carts have items.") },
    failure: { message: "runtime error: index out of range [0] with length 0", file: "/src/shop/cart.go", line: 7 },
    test: "example.com/shop.TestEmpty",
  },
  {
    language: "Rust",
    program: "cargo",
    files: {
      "Cargo.toml": lines(
        "[package]",
        'name = "shop"',
        'version = "0.1.0"',
        'edition = "2021"',
        "",
        "[dependencies]",
        'itoa = "1.0.11"',
      ),
      "Cargo.lock": lines(
        "version = 3",
        "",
        "[[package]]",
        'name = "itoa"',
        'version = "1.0.11"',
        'source = "registry+https://github.com/rust-lang/crates.io-index"',
        'checksum = "49f1f14873335454500d59611f1cf4a4b0f786f9ac11f4312a78e4cf2566695b"',
        "",
        "[[package]]",
        'name = "shop"',
        'version = "0.1.0"',
        "dependencies = [",
        ' "itoa",',
        "]",
      ),
      "src/lib.rs": rustCart("if items.is_empty() { return String::new(); }"),
      "tests/cart.rs": lines(
        '#[test] fn one() { assert_eq!(shop::first(&[7]), "7"); }',
        '#[test] fn old() { panic!("has failed for long"); }',
        '#[test] fn empty() { assert_eq!(shop::first(&[]), ""); }',
      ),
    },
    culprit: { path: "src/lib.rs", text: rustCart("// Carts have items.") },
    failure: { message: "index out of bounds: the len is 0 but the index is 0", file: "src/lib.rs", line: 3 },
    test: "tests/cart.rs empty",
  },
  {
    language: "Java",
    program: "mvn",
    files: {
      "pom.xml": pom,
      "src/main/java/shop/Cart.java": javaCart('if (items.length == 0) return "";'),
      "src/test/java/shop/CartTest.java": lines(
        "package shop;",
        "",
        "import static org.junit.jupiter.api.Assertions.assertEquals;",
        "import org.junit.jupiter.api.Test;",
        "",
        "class CartTest {",
        '  @Test void one() { assertEquals("A", Cart.first(new String[] {"a"})); }',
        '  @Test void old() { throw new IllegalStateException("has failed for long"); }',
        '  @Test void empty() { assertEquals("", Cart.first(new String[0])); }',
        "}",
      ),
    },
    culprit: { path: "src/main/java/shop/Cart.java", text: javaCart("// Carts have items.") },
    failure: { message: "Index 0 out of bounds for length 0", file: "Cart.java", line: 8 },
    test: "shop.CartTest.empty",
  },
  {
    language: "Python",
    program: "python3",
    files: {
      "requirements.txt": "iniconfig==2.0.0\n",
      "requirements-dev.txt": "pytest==8.3.3\n",
      "cart.py": pythonCart('if not items: return ""'),
      "test_cart.py": lines(
        "from cart import first",
        "",
        "",
        "def test_one():",
        '    assert first(["a"]) == "ainiconfig"',
        "",
        "",
        "def test_old():",
        '    raise RuntimeError("has failed for long")',
        "",
        "",
        "def test_empty():",
        '    assert first([]) == ""',
      ),
    },
    culprit: { path: "cart.py", text: pythonCart("# Carts have items.") },
    failure: { message: "list index out of range", file: "/app/cart.py", line: 6 },
    test: "test_cart.test_empty",
  },
];
