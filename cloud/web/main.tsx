import { render } from "preact";
import { App } from "./app";
import { keepInstallOffer } from "./shell/install";
import { keepPages } from "./shell/service-worker-updates";

keepInstallOffer();
keepPages();
render(<App />, document.getElementById("app")!);
