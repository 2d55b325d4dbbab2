//! Clients that others wrote: curl, nghttp, h2load, wrk, slowhttptest. The tests of a client that is not installed are
//! skipped.

mod common;

use std::process::Stdio;

use common::faults::{Faults, build_program};
use common::tools::require_tool;
use common::{Client, PATIENCE, eventually, run, run_for};
use tokio::process::Command;

/// Returns the output of a program, from stdout and stderr.
async fn output(program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(2 * PATIENCE, command.output()).await;
    let output = output.unwrap_or_else(|_| panic!("`{program} {arguments:?}` does not end"));
    let output = output.unwrap_or_else(|error| panic!("`{program}` does not start: {error}"));
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// curl's status and version, without the body.
async fn curl(arguments: &[&str]) -> String {
    let format = ["--silent", "--show-error", "--output", "/dev/null", "--max-time", "20"];
    let all = [&format[..], &["--write-out", "%{http_code} %{http_version}"], arguments].concat();
    output("curl", &all).await
}

#[test]
fn curl_is_served_over_tcp() {
    require_tool!("curl");
    run(async {
        let faults = Faults::start();
        for (path, options, wanted) in [
            ("/ok", &[][..], "200 1.1"),
            ("/ok", &["--http2-prior-knowledge"], "200 2"),
            ("/ok", &["--http1.0"], "200 1"),
            ("/ok", &["--head"], "200 1.1"),
            ("/json", &["--json", "{\"a\": [1, 2]}"], "200 1.1"),
            ("/json", &["--json", "{"], "400 1.1"),
            (
                "/upload",
                &["--data-binary", "@Cargo.lock", "--header", "Expect: 100-continue"],
                "200 1.1",
            ),
            (
                "/upload",
                &["--data-binary", "@Cargo.lock", "--header", "Transfer-Encoding: chunked"],
                "200 1.1",
            ),
            ("/panic", &[], "500 1.1"),
            ("/panic", &["--http2-prior-knowledge"], "500 2"),
            ("/block", &[], "504 1.1"),
            ("/nothing", &[], "404 1.1"),
        ] {
            let url = format!("http://{}{path}", faults.address);
            let said = curl(&[options, &[&url]].concat()).await;
            assert_eq!(said, wanted, "{path} {options:?}");
        }
    });
}

#[test]
fn curl_is_served_over_tls() {
    require_tool!("curl");
    run(async {
        let example = Faults::program(build_program("example-tls"), &["127.0.0.1:0"]);
        let url = format!("https://{}/", example.address);
        for (option, wanted) in [("--http2", "200 2"), ("--http1.1", "200 1.1")] {
            let said = curl(&["--insecure", option, &url]).await;
            assert_eq!(said, wanted);
        }
    });
}

#[test]
fn curl_is_served_over_a_unix_socket() {
    require_tool!("curl");
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket").display().to_string();
        let _faults = Faults::start_on(&format!("unix:{path}"), Stdio::null(), &[]);
        for (request, wanted) in [("/ok", "200 1.1"), ("/panic", "500 1.1"), ("/await", "504 1.1")]
        {
            let url = format!("http://localhost{request}");
            let said = curl(&["--unix-socket", &path, &url]).await;
            assert_eq!(said, wanted);
        }
    });
}

#[test]
fn nghttp_is_served() {
    require_tool!("nghttp");
    run(async {
        let faults = Faults::start();
        let urls = ["/ok", "/panic", "/await", "/echo/100000"]
            .map(|path| format!("http://{}{path}", faults.address));
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        let arguments = [&["--no-dep", "--null-out", "--stat"][..], &urls].concat();
        let said = output("nghttp", &arguments).await;
        for (code, path) in [(200, "/ok"), (500, "/panic"), (504, "/await"), (200, "/echo/100000")]
        {
            let line = said.lines().find(|line| line.ends_with(path));
            let line = line.unwrap_or_else(|| panic!("no {path} in {said}"));
            assert!(line.contains(&format!(" {code} ")), "{line}");
        }
    });
}

#[test]
fn h2load_gets_every_answer() {
    require_tool!("h2load");
    run_for(3 * PATIENCE, async {
        // A thousand at a time: a slow machine needs more than a second for them.
        let faults = Faults::start_with(&["--timeout", "60s"], &[]);
        for (path, requests, code) in
            [("ok", "20000", "2xx"), ("echo/20000", "2000", "2xx"), ("panic", "1000", "5xx")]
        {
            let url = format!("http://{}/{path}", faults.address);
            let said =
                output("h2load", &["-n", requests, "-c", "20", "-m", "50", "-t", "1", &url]).await;
            let wanted = format!("{requests} {code}");
            assert!(said.contains(&wanted), "{said}");
            assert!(said.contains(" 0 errored, 0 timeout"), "{said}");
        }
        eventually("the last number is written", || faults.recorded("panic") == 1000).await;
    });
}

#[test]
fn wrk_gets_every_answer_beside_faults() {
    require_tool!("wrk");
    run_for(3 * PATIENCE, async {
        let faults = Faults::start();
        let address = faults.address;
        let others = tokio::spawn(async move {
            for path in ["/panic", "/block", "/spin/1500", "/extractor-block", "/await"] {
                Client::connect(address).await.get(path).await;
            }
        });
        let url = format!("http://{address}/ok");
        let said = output("wrk", &["-t1", "-c100", "-d5s", "--timeout", "20s", &url]).await;
        assert!(said.contains("Requests/sec"), "{said}");
        // wrk says these only when there were some.
        assert!(!said.contains("Non-2xx") && !said.contains("Socket errors"), "{said}");
        others.await.expect("no panic");
    });
}

/// While slow clients hold as many connections as they can, others are served.
async fn slow(mode: &[&str], path: &str) {
    let faults = Faults::start();
    let url = format!("http://{}{path}", faults.address);
    let attack = ["-c", "200", "-r", "200", "-i", "1", "-l", "8", "-u", &url];
    let arguments = [mode, &attack].concat();
    let mut attack = std::pin::pin!(output("slowhttptest", &arguments));
    let mut client = faults.connect().await;
    let said = loop {
        tokio::select! {
            said = &mut attack => break said,
            reply = client.get("/ok") => assert_eq!(reply.status, 200),
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    };
    // It asks by itself as well, each time it tells how far it is, in colour.
    let asked: Vec<_> = said.split("service available:").skip(1).collect();
    assert!(!asked.is_empty(), "{said}");
    for answer in asked {
        assert!(answer.lines().next().is_some_and(|line| line.contains("YES")), "{said}");
    }
    assert_eq!(faults.get("/ok").await.status, 200);
    assert_eq!(faults.recorded("panic"), 0);
}

#[test]
fn slow_heads_keep_no_other_client_waiting() {
    require_tool!("slowhttptest");
    run_for(3 * PATIENCE, slow(&["-H"], "/ok"));
}

#[test]
fn slow_bodies_keep_no_other_client_waiting() {
    require_tool!("slowhttptest");
    run_for(3 * PATIENCE, slow(&["-B"], "/upload"));
}

#[test]
fn many_ranges_keep_no_other_client_waiting() {
    require_tool!("slowhttptest");
    run_for(3 * PATIENCE, slow(&["-R"], "/ok"));
}

#[test]
fn slow_readers_keep_no_other_client_waiting() {
    require_tool!("slowhttptest");
    run_for(3 * PATIENCE, slow(&["-X"], "/echo/1000000"));
}
