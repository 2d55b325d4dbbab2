//! The admin service's page, in a browser: what goes wrong is seen on it, as it happens.

mod common;

use common::browser::Browser;
use common::faults::Faults;
use common::{PATIENCE, run_for};

const ADMIN: [&str; 2] = ["--admin", "127.0.0.1:0"];

fn url(faults: &Faults) -> String {
    format!("http://{}/", faults.admin.expect("it was asked for"))
}

#[test]
fn a_fault_appears_on_the_open_page() {
    run_for(6 * PATIENCE, async {
        let Some(mut browser) = Browser::start() else { return };
        let faults = Faults::start_with(&ADMIN, &[]);
        faults.get("/ok").await;
        browser.open(&url(&faults));
        browser.wait_for("the first look", "document.querySelector('#verdict.good') != null");
        assert_eq!(browser.text("#verdict h1"), "All routes answer");
        assert_eq!(browser.evaluate("document.querySelector('#alarms').hidden"), true);

        for _ in 0..5 {
            faults.get("/panic").await;
        }
        let blocked = faults.get("/block").await;
        // Without a reload.
        browser.wait_for("the alarms", "document.querySelectorAll('#alarms li').length === 2");
        assert_eq!(browser.text("#verdict h1"), "2 routes are failing");
        let alarms = browser.text("#alarms");
        assert!(alarms.contains("GET /panic") && alarms.contains("GET /block"), "{alarms}");
        let threads = browser.text("#blocked tbody");
        assert!(threads.contains("GET /block"), "{threads}");
        assert!(threads.contains(blocked.header("x-request-id")), "{threads}");
        // Each alarm once, with its reason and what happened last.
        assert!(!browser.text("#reasons").contains("alarm"), "{}", browser.text("#reasons"));
        assert!(alarms.contains("5 faults within 60s"), "{alarms}");
        assert!(alarms.contains("a handler holds its thread past the deadline"), "{alarms}");
        let newest = browser.text("#newest tbody");
        assert!(newest.contains("GET /panic") && newest.contains("faults"), "{newest}");
        assert!(newest.contains(blocked.header("x-request-id")), "{newest}");
        let details = "document.querySelector('#newest tr:has(.kind.panic) details')";
        browser.wait_for("a stack", &format!("{details} != null"));
        // It stays open, and its text selected, while the page is drawn anew.
        browser.evaluate(&format!("{details}.querySelector('summary').click()"));
        let select = "getSelection().selectAllChildren";
        browser.evaluate(&format!("{select}({details}.querySelector('pre'))"));
        let facts = serde_json::Value::from(browser.text("#facts"));
        browser.wait_for(
            "the page is drawn anew",
            &format!("document.querySelector('#facts').innerText !== {facts}"),
        );
        assert_eq!(browser.evaluate(&format!("{details}.open")), true);
        let selected = browser.evaluate("getSelection().toString()");
        assert!(selected.as_str().is_some_and(|text| text.contains("faults::panic")), "{selected}");
        // Failing routes come first, with what they did.
        let first = browser.text("#routes tbody tr.failing");
        assert!(first.contains("GET /panic") && first.contains("alarm"), "{first}");
        browser.wait_for(
            "the plot of faults",
            "document.querySelectorAll('#faults rect.panics').length > 0",
        );
        browser.wait_for(
            "the plot of blocked threads",
            "document.querySelectorAll('#faults rect.blocked').length > 0",
        );
        for plot in ["#rate path.requests", "#latency path.p99"] {
            let drawn =
                format!("(document.querySelector('{plot}')?.getAttribute('d') ?? '').length > 0");
            assert_eq!(browser.evaluate(&drawn), true, "{plot}");
        }
        // One route alone.
        browser.evaluate("document.querySelector('#routes tbody tr.failing').click()");
        assert!(browser.text("#scope").contains("GET /panic"));

        // Nothing from outside, nothing that its policy forbids, no error.
        let own = url(&faults);
        for request in browser.events_of("Network.requestWillBeSent") {
            let asked = request["params"]["request"]["url"].as_str().expect("a URL");
            assert!(asked.starts_with(&own) || asked.starts_with("data:"), "{asked}");
        }
        assert_eq!(browser.events_of("Log.entryAdded"), Vec::<&serde_json::Value>::new());
        assert_eq!(browser.events_of("Runtime.exceptionThrown"), Vec::<&serde_json::Value>::new());
        let forbidden = "new Promise(done => { document.addEventListener('securitypolicyviolation', \
                         event => done(event.violatedDirective), { once: true }); \
                         const script = document.createElement('script'); \
                         script.textContent = 'window.ran = true'; document.body.append(script); \
                         setTimeout(() => done('nothing'), 1000); })";
        assert_eq!(browser.evaluate(forbidden), "script-src-elem", "the policy is in force");
    });
}

#[test]
fn a_selection_survives_faults_of_its_own_row_and_of_others() {
    run_for(6 * PATIENCE, async {
        let Some(mut browser) = Browser::start() else { return };
        let faults = Faults::start_with(&ADMIN, &[]);
        faults.get("/panic").await;
        browser.open(&url(&faults));
        let row = "document.querySelector('#newest tr:has(.kind.panic)')";
        browser.wait_for("a stack", &format!("{row}?.querySelector('details') != null"));
        browser.evaluate(&format!("{row}.querySelector('summary').click()"));
        browser.evaluate(&format!(
            "getSelection().selectAllChildren({row}.querySelector('details pre'))"
        ));
        let selection = "getSelection().toString()";
        let selected = browser.evaluate(selection);

        // A new row comes before it; then its own count goes up, which brings it to the front.
        faults.get("/await").await;
        browser.wait_for(
            "the other row",
            "document.querySelector('#newest tr:has(.kind.timeout)') != null",
        );
        assert_eq!(browser.evaluate(selection), selected);
        faults.get("/panic").await;
        browser.wait_for(
            "its own count",
            &format!("{row}.querySelector('td.number').innerText === '2'"),
        );
        assert_eq!(browser.evaluate(selection), selected);
        assert_eq!(browser.evaluate(&format!("{row}.querySelector('details').open")), true);
    });
}

#[test]
fn actors_and_their_restarts_are_shown() {
    run_for(6 * PATIENCE, async {
        let Some(mut browser) = Browser::start() else { return };
        let faults = Faults::start_with(&ADMIN, &[]);
        assert_eq!(faults.get("/count").await.status, 200);
        assert_eq!(faults.get("/poison").await.status, 503);
        browser.open(&url(&faults));
        let row = "document.querySelector('#actors tbody tr')";
        browser.wait_for("the actor", &format!("{row} != null"));
        let cell = |name: &str| format!("{row}.querySelector('td[data-name={name}]').innerText");
        browser.wait_for("its restart", &format!("{} === '1'", cell("restarts")));
        assert_eq!(browser.evaluate(&cell("panics")), "1");
        assert_eq!(faults.get("/wedge").await.status.as_u16() / 100, 5);
        browser.wait_for("the other restart", &format!("{} === '2'", cell("restarts")));
        browser.wait_for("its overrun", &format!("{} === '1'", cell("overruns")));
        // Its blocked thread is one of those that are listed.
        browser.wait_for("its thread", "document.querySelector('#blocked tbody tr') != null");
        let threads = browser.text("#blocked tbody");
        assert!(threads.contains("actor Counter"), "{threads}");
        assert!(browser.text("#blocked .budget").starts_with("1 of at most 256"));
    });
}

#[test]
fn the_page_shows_when_the_server_is_unreachable_and_back() {
    run_for(6 * PATIENCE, async {
        let Some(mut browser) = Browser::start() else { return };
        let mut faults = Faults::start_with(&ADMIN, &[]);
        let address = faults.admin.expect("it was asked for").to_string();
        browser.open(&url(&faults));
        browser.wait_for("the first look", "document.querySelector('#verdict.good') != null");
        faults.kill();
        browser.wait_for("the word", "!document.querySelector('#lost').hidden");
        let said = browser.text("#lost");
        assert!(said.starts_with("No answer from the server for"), "{said}");
        let again = Faults::start_with(&["--admin", &address], &[]);
        again.get("/await").await;
        browser.wait_for("the other word", "document.querySelector('#lost').hidden");
        browser.wait_for(
            "the new process",
            &format!("document.querySelector('#facts').innerText.includes('{}')", again.id()),
        );
    });
}

#[test]
fn the_page_loads_while_every_worker_is_blocked() {
    run_for(6 * PATIENCE, async {
        let Some(mut browser) = Browser::start() else { return };
        let faults = Faults::start_with(&ADMIN, &[]);
        faults.wedge().await;
        browser.open(&url(&faults));
        browser.wait_for("the verdict", "document.querySelector('#verdict.bad') != null");
        assert_eq!(browser.text("#verdict h1"), "Not live");
        assert!(browser.text("#reasons").contains("polled nothing"));
    });
}

#[test]
fn the_page_fits_a_phone_and_is_readable_in_both_schemes() {
    run_for(6 * PATIENCE, async {
        let Some(mut browser) = Browser::start() else { return };
        let faults = Faults::start_with(&ADMIN, &[]);
        let long = format!("/{}", "a-path-that-does-not-end/".repeat(8));
        faults.get(&long).await;
        faults.get("/await").await;
        faults.get("/block").await;
        browser.open(&url(&faults));
        browser.wait_for("the alarm", "document.querySelectorAll('#alarms li').length === 1");
        for (width, height) in [(360, 740), (800, 900), (1400, 900)] {
            browser.resize(width, height);
            let wide = browser.evaluate("document.documentElement.scrollWidth - innerWidth");
            assert!(wide.as_i64() <= Some(0), "{wide} pixels too wide at {width}");
        }
        for scheme in ["light", "dark"] {
            browser.prefer(scheme);
            let worst = browser.evaluate(CONTRAST);
            let ratio = worst["ratio"].as_f64().expect("a number");
            assert!(ratio >= 4.5, "{scheme}: {worst}");
        }
        let dark = "getComputedStyle(document.body).backgroundColor";
        browser.prefer("light");
        let light = browser.evaluate(dark);
        browser.prefer("dark");
        assert_ne!(browser.evaluate(dark), light);
    });
}

/// The least contrast of text and what is behind it (WCAG 2, 1.4.3), of what is to be read.
const CONTRAST: &str = r"(() => {
  const channels = (text) => text.match(/[\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = channels(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  let worst = { ratio: 21 };
  for (const node of document.querySelectorAll('h1, h2, p, dt, dd, th, td, li b, .key, .tag')) {
    if (!node.offsetParent || !node.innerText.trim() || node.classList.contains('zero')) continue;
    const [a, b] = [luminance(channels(getComputedStyle(node).color)), luminance(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst.ratio) worst = { ratio, text: node.innerText, class: node.className };
  }
  return worst;
})()";

#[test]
fn a_route_that_computes_is_shown_with_its_longest_poll() {
    run_for(6 * PATIENCE, async {
        let Some(mut browser) = Browser::start() else { return };
        let faults = Faults::start_with(&["--admin", "127.0.0.1:0", "--timeout", "60s"], &[]);
        assert_eq!(faults.get("/spin/300").await.status, 200);
        browser.open(&url(&faults));
        let row = "document.querySelector('#routes tbody tr')";
        browser.wait_for("the route", &format!("{row} != null"));
        let cell = format!("{row}.querySelector('td[data-name=\"longest poll\"]').innerText");
        let shown = browser.evaluate(&cell);
        let milliseconds = shown.as_str().and_then(|text| text.strip_suffix(" ms"));
        let milliseconds = milliseconds.and_then(|number| number.parse::<f64>().ok());
        assert!(milliseconds >= Some(100.0), "{shown}");
    });
}
