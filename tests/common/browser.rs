//! Chromium without a window, spoken to over two named pipes (`--remote-debugging-pipe`).

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{PATIENCE, tools};

/// One page in a browser, which is ended when this is dropped.
pub struct Browser {
    process: Child,
    commands: File,
    messages: Receiver<Value>,
    session: Value,
    next: u64,
    /// The events that the browser sent without a request.
    pub events: Vec<Value>,
    _folder: TempDir,
}

impl Browser {
    /// `None` if there is no Chromium: the test is skipped.
    pub fn start() -> Option<Self> {
        let program =
            ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|program| {
                let mut version = Command::new(program);
                version.arg("--version").stdin(Stdio::null());
                version.output().is_ok_and(|output| output.status.success())
            });
        let Some(program) = program else {
            tools::missing("chromium", "no Chromium starts");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let (to, from) = (path("to"), path("from"));
        let made = Command::new("mkfifo").args([&to, &from]).status();
        assert!(made.expect("mkfifo starts").success());
        let process = Command::new("sh")
            .args(["-c", r#"in=$1; out=$2; shift 2; exec "$@" 3<"$in" 4>"$out""#, "sh"])
            .args([&to, &from])
            .args([program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--disable-dev-shm-usage", "--disable-background-networking"])
            .arg(format!("--user-data-dir={}", path("profile").display()))
            .args(["--remote-debugging-pipe", "about:blank"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell starts");
        // In the order in which the shell opens them: each waits for the other side.
        let commands = File::options().write(true).open(&to).expect("the browser reads");
        let answers = File::open(&from).expect("the browser writes");
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(answers).split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).expect("JSON");
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let (session, events) = (Value::Null, Vec::new());
        let mut browser =
            Self { process, commands, messages, session, next: 0, events, _folder: folder };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session = browser.ask("Target.attachToTarget", attach)["sessionId"].clone();
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// The answer to a command.
    pub fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.next += 1;
        let mut command = json!({ "id": self.next, "method": method, "params": parameters });
        if !self.session.is_null() {
            command["sessionId"] = self.session.clone();
        }
        let mut text = command.to_string().into_bytes();
        text.push(0);
        self.commands.write_all(&text).expect("the browser reads");
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("the browser answers");
            if message["id"] == self.next {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
            if message["id"].is_null() {
                self.events.push(message);
            }
        }
    }

    pub fn open(&mut self, url: &str) {
        let opened = self.ask("Page.navigate", json!({ "url": url }));
        assert!(opened["errorText"].is_null(), "{opened}");
    }

    /// As wide as a phone or a desk's screen.
    pub fn resize(&mut self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.ask("Emulation.setDeviceMetricsOverride", size);
    }

    pub fn prefer(&mut self, scheme: &str) {
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.ask("Emulation.setEmulatedMedia", json!({ "features": [feature] }));
    }

    /// Returns the value of an expression in the page.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let result = self.ask(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
        );
        assert!(result["exceptionDetails"].is_null(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// The text of the first element that a selector finds.
    pub fn text(&mut self, selector: &str) -> String {
        let found =
            self.evaluate(&format!("document.querySelector({selector:?})?.innerText ?? ''"));
        found.as_str().expect("text").to_owned()
    }

    /// Waits until an expression is true in the page.
    pub fn wait_for(&mut self, what: &str, expression: &str) {
        let begin = Instant::now();
        while self.evaluate(expression) != true {
            if begin.elapsed() > PATIENCE {
                let page = self.text("body");
                panic!("{what} did not happen in {PATIENCE:?}; the page says:\n{page}");
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    /// Events with this name.
    pub fn events_of(&self, method: &str) -> Vec<&Value> {
        self.events.iter().filter(|event| event["method"] == method).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
