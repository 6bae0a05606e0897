export { exceptionsFromText } from "./exceptions-from-text.ts";
export { limitFrames, stackLimits } from "./frame-limits.ts";
export { isInAppPath } from "./is-in-app.ts";
export { javaFrame } from "./java-frame.ts";
export { cleanFile } from "./location.ts";
export { parseStack } from "./parse-stack.ts";
export { renderStack } from "./render-stack.ts";
