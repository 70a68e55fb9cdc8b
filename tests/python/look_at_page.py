"""Looks at pages of releases in Chromium: python look_at_page.py [--shots FOLDER] PAGE...

Each page is opened from disk at three widths, light and dark, and printed. It must ask for nothing but itself, say nothing on the
console, be no wider than the window, and tell the name of every chart to who cannot see it. Nothing but Python is needed: Chromium is
spoken to through a pipe. DENIZEN_CHROMIUM names another program than `chromium`.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WIDTHS = [390, 800, 1280]
NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"]


class Browser:
    """Chromium, spoken to in its own protocol: messages in JSON with a zero behind each."""

    def __init__(self, folder):
        program = os.environ.get("DENIZEN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
        if program is None:
            sys.exit("Chromium is not there: install it (apt-get install chromium), or name it in DENIZEN_CHROMIUM")
        (from_us, self.to), (self.of, to_us) = os.pipe(), os.pipe()
        # The browser reads from 3 and writes to 4.
        command = f'exec "$0" "$@" 3<&{from_us} 4>&{to_us}'
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe",
                   "--disable-background-networking", "--disable-component-update", "--no-first-run", f"--user-data-dir={folder}"]
        self.process = subprocess.Popen(["bash", "-c", command, program, *options], pass_fds=[from_us, to_us],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(from_us)
        os.close(to_us)
        self.rest, self.number, self.events = b"", 0, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def message(self):
        while b"\0" not in self.rest:
            read = os.read(self.of, 1 << 16)
            if not read:
                sys.exit("Chromium ended")
            self.rest += read
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.message())

    def value(self, expression):
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def close(self):
        self.ask("Browser.close")
        self.process.wait(timeout=30)


def demand(holds, message):
    if not holds:
        sys.exit(f"FAILED {message}")


def look(browser, page, shots):
    address = page.resolve().as_uri()
    for domain in ["Page", "Network", "Log", "Runtime", "Accessibility", "DOM"]:
        browser.ask(f"{domain}.enable")
    browser.events.clear()
    browser.ask("Page.navigate", url=address)
    browser.wait("Page.loadEventFired")
    for width in WIDTHS:
        for scheme in ["light", "dark"]:
            browser.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500)
            browser.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            wide = browser.value("document.scrollingElement.scrollWidth")
            demand(wide <= width, f"{page.name} is {wide} pixels wide in a window of {width}")
            if shots:
                size = browser.ask("Page.getLayoutMetrics")["cssContentSize"]
                clip = {"x": 0, "y": 0, "width": width, "height": size["height"], "scale": 1}
                shot = browser.ask("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
                (shots / f"{page.stem}-{width}-{scheme}.png").write_bytes(base64.b64decode(shot))
    # Everything is on paper too, what is folded away included.
    printed = browser.ask("Page.printToPDF")["data"]
    if shots:
        (shots / f"{page.stem}.pdf").write_bytes(base64.b64decode(printed))
    asked = [event["params"]["request"]["url"] for event in browser.events if event.get("method") == "Network.requestWillBeSent"]
    demand(asked == [address], f"{page.name} asked for {asked[:3]}")
    told = [event for event in browser.events if event.get("method") in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")]
    demand(not told, f"{page.name} has something on the console: {told[:1]}")
    nodes = browser.ask("Accessibility.getFullAXTree")["nodes"]
    images = [node for node in nodes if node.get("role", {}).get("value") in ("image", "img", "graphics-document")]
    charts = browser.value("document.querySelectorAll('svg.chart').length")
    names = [node.get("name", {}).get("value", "") for node in images]
    named = [name for name in names if len(name) > 10]
    demand(len(named) == charts, f"{page.name} has {charts} charts, of which {len(named)} have a name: {names[:3]}")
    return f"{charts} charts, {len(asked)} request, {len(base64.b64decode(printed)) // 1000} kB on paper"


def main():
    arguments = sys.argv[1:]
    shots = None
    if arguments[:1] == ["--shots"]:
        shots, arguments = Path(arguments[1]), arguments[2:]
        shots.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(folder)
        for page in map(Path, arguments):
            print(f"ok    {page.name}: {look(browser, page, shots)}")
        browser.close()


if __name__ == "__main__":
    main()
