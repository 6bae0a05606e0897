/** Path parts that only dependencies and runtimes have. */
const foreignPart =
  /(?:^|[/\\])(?:node_modules|site-packages|dist-packages|bower_components|vendor|gems|\.cargo|rustc|\.yarn|\.pnpm)[/\\]|(?:^|[/\\])lib(?:64)?[/\\]python\d|[/\\]pkg[/\\]mod[/\\]|[/\\]usr[/\\](?:local[/\\])?(?:lib|go)[/\\]/;

/** Names a runtime gives to code that is in no file, and its own modules. */
const runtimeName =
  /^(?:node:|internal\/|native$|native code|\[native|<|index \d|wasm:|ext:|bun:|deno:|data:|blob:|chrome-extension:|moz-extension:|safari-extension:|safari-web-extension:|evalmachine|Native Method|Unknown Source)/;

/** Packages of the Java platform and of what nearly every Java service stands on. */
const foreignPackage =
  /^(?:java|javax|jakarta|jdk|sun|com\/sun|kotlin|kotlinx|scala|groovy|android|androidx|dalvik|reactor|akka|feign|okhttp3|retrofit2|io\/(?:netty|reactivex|micrometer|micronaut|opentelemetry|sentry|grpc|undertow|vertx|lettuce|quarkus)|com\/(?:fasterxml|zaxxer|mysql|mongodb|google\/(?:common|inject|android|gson)|android|netflix)|org\/(?:springframework|apache|hibernate|eclipse|jboss|junit|mockito|codehaus|slf4j|postgresql|aspectj|jetbrains|gradle|thymeleaf|glassfish|wildfly|testng)|ch\/qos|net\/(?:bytebuddy|sf\/cglib)|play)\//;

const javaFile = /\.(?:java|kt|kts|scala|groovy|clj)$/;

/**
 * Whether a frame is the project's own code, by its path alone: false for dependencies, the runtime and code without a file.
 * A Java path counts as a package path (`com/acme/Cart.java`) when it is relative.
 */
export function isInAppPath(file: string | null): boolean {
  if (file === null || file === "" || runtimeName.test(file) || foreignPart.test(file)) return false;
  return !(javaFile.test(file) && foreignPackage.test(file));
}
