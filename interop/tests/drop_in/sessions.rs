//! Sessions of tower-sessions.

use axum::routing::get;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

use crate::{client, start};

async fn visit(session: Session) -> Result<String, tower_sessions::session::Error> {
    let visits = session.get("visits").await?.unwrap_or(0) + 1;
    session.insert("visits", visits).await?;
    Ok(visits.to_string())
}

async fn answer(session: Session) -> axum::response::Result<String> {
    Ok(visit(session).await.map_err(|error| error.to_string())?)
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_belong_to_their_clients() {
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(false);
    let server = start(axum::Router::new().route("/", get(answer)).layer(sessions)).await;
    let (ada, bob) = (client(), client());
    let mut seen = Vec::new();
    for client in [&ada, &ada, &bob, &ada] {
        let answer = client.get(format!("http://{server}/")).send().await.expect("an answer");
        seen.push(answer.text().await.expect("text"));
    }
    assert_eq!(seen, ["1", "2", "1", "3"]);
}
