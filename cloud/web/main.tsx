import { render } from "preact";
import { App } from "./app";
import { keepPages } from "./shell/service-worker-updates";

keepPages();
render(<App />, document.getElementById("app")!);
