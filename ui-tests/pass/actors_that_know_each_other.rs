//! Commands take and return handles: the actor's own, and that of an actor that knows this one.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::collections::HashMap;

use oserver::CallError;

#[derive(Clone)]
struct Invitation {
    from: LobbyHandle,
}

#[derive(Default)]
struct Lobby {
    me: Option<LobbyHandle>,
    rooms: HashMap<String, RoomHandle>,
}

#[oserver::actor]
impl Lobby {
    pub fn know(&mut self, me: LobbyHandle) -> Option<LobbyHandle> {
        self.me.replace(me)
    }

    pub fn open(&mut self, name: String, room: RoomHandle) {
        self.rooms.insert(name, room);
    }

    pub fn invitation(&self) -> Option<Invitation> {
        self.me.clone().map(|from| Invitation { from })
    }

    pub fn rooms(&self) -> Vec<(String, RoomHandle)> {
        self.rooms.clone().into_iter().collect()
    }

    pub fn number(&self) -> usize {
        self.rooms.len()
    }
}

#[derive(Default)]
struct Room {
    lobby: Option<LobbyHandle>,
}

#[oserver::actor]
impl Room {
    pub fn invite(&mut self, Invitation { from }: Invitation) {
        self.lobby = Some(from);
    }

    pub async fn siblings(&mut self) -> Result<usize, CallError> {
        match &self.lobby {
            Some(lobby) => lobby.number().await,
            None => Ok(0),
        }
    }
}

#[oserver::main]
async fn main() {
    let lobby: LobbyHandle = oserver::supervise(Lobby::default);
    let room: RoomHandle = oserver::supervise(Room::default);
    assert!(lobby.know(lobby.clone()).await.expect("an answer").is_none());
    lobby.open("blue".to_owned(), room.clone()).await.expect("an answer");
    let invitation = lobby.invitation().await.expect("an answer").expect("it knows itself");
    room.invite(invitation).await.expect("an answer");
    assert_eq!(room.siblings().await, Ok(Ok(1)));
    assert_eq!(lobby.rooms().await.expect("an answer").len(), 1);
}
